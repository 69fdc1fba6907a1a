"""MariaDB, memcached and RabbitMQ, with Erlang's name server."""

import shutil

from .database import SOCKET
from .processes import port_answers, run, spawn, wait_until
from .settings import DATABASE_PORT, HOST, MEMCACHED_PORT, QUEUE_NAMES_PORT, QUEUE_NODES_PORT, QUEUE_PORT, RUN

DEBIAN_PACKAGES = ("mariadb-server", "memcached", "openssl", "rabbitmq-server")
PORTS = (DATABASE_PORT, MEMCACHED_PORT, QUEUE_NAMES_PORT, QUEUE_NODES_PORT, QUEUE_PORT)

# Nothing here has to survive a power cut: no flushing, and all tables in one file.
_FAST = (
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-flush-method=nosync",
    "--innodb-doublewrite=0",
    "--innodb-file-per-table=0",
    "--innodb-buffer-pool-size=512M",
)


def start_queue() -> None:
    """Start RabbitMQ; its port answers some seconds later."""
    # Debian's launcher goes through su, which leaves our process group: start the server itself, as its own user.
    names = {"ERL_EPMD_PORT": str(QUEUE_NAMES_PORT), "ERL_EPMD_ADDRESS": HOST, "HOME": "/var/lib/rabbitmq"}
    spawn("epmd", "epmd", "-port", QUEUE_NAMES_PORT, "-address", HOST, env=names, user="rabbitmq")
    (RUN / "rabbitmq").mkdir()
    shutil.chown(RUN / "rabbitmq", "rabbitmq", "rabbitmq")
    wait_until("epmd", "listens", lambda: port_answers(QUEUE_NAMES_PORT), 10)
    spawn(
        "rabbitmq",
        "/usr/lib/rabbitmq/bin/rabbitmq-server",
        user="rabbitmq",
        env={
            **names,
            "RABBITMQ_NODENAME": "tfclean-lab@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": HOST,
            "RABBITMQ_NODE_PORT": str(QUEUE_PORT),
            "RABBITMQ_DIST_PORT": str(QUEUE_NODES_PORT),
            "RABBITMQ_MNESIA_BASE": str(RUN / "rabbitmq"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_CONFIG_FILE": str(RUN / "rabbitmq/none"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(RUN / "rabbitmq/plugins"),
        },
    )


def start_memcached() -> None:
    """Start memcached."""
    spawn("memcached", "memcached", "-u", "root", "-l", HOST, "-p", MEMCACHED_PORT, "-m", 64)


def start_database() -> None:
    """Start an empty MariaDB and wait for it."""
    data = RUN / "mysql"
    run(
        "mariadb-install-db",
        "--no-defaults",
        f"--datadir={data}",
        "--user=mysql",
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
        *_FAST,
        name="mariadb-install",
    )
    spawn(
        "mariadb",
        "mariadbd",
        "--no-defaults",
        f"--datadir={data}",
        "--user=mysql",
        f"--port={DATABASE_PORT}",
        f"--bind-address={HOST}",
        f"--socket={SOCKET}",
        f"--pid-file={data}/pid",
        "--max-connections=2000",
        "--skip-name-resolve",
        "--skip-log-bin",
        *_FAST,
    )
    wait_until("mariadb", "listens", lambda: SOCKET.exists() and port_answers(DATABASE_PORT), 60)


def wait_for_queue() -> None:
    """Wait until RabbitMQ takes connections."""
    wait_until("rabbitmq", "listens", lambda: port_answers(QUEUE_PORT), 90)
