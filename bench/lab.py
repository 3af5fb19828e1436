"""What the benchmark and the soak share: servers in directories of their own on loopback addresses,
their processor time, and Relais's management interface. Python's standard library only."""

import atexit
import json
import os
import pathlib
import shutil
import signal
import ssl
import subprocess
import time
import urllib.request
from base64 import b64encode

ROOT = pathlib.Path(__file__).resolve().parent.parent
TICK = os.sysconf("SC_CLK_TCK")
PASSWORD = "an Administrator's Secret 1"

SINK = ("127.0.44.1", 2525)
RELAIS = "127.0.44.2"
RELAY = (RELAIS, 10025)
POSTFIX = ("127.0.44.3", 2525)
# How the load is made.
PROCESSES, SESSIONS = 10, 5


def target_directory():
    return pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))


def fresh(name):
    """An empty directory on the disk of the build, which is the real one (not a tmpfs)."""
    path = target_directory() / "bench" / name
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


def wait_for(what, limit, ask):
    end = time.monotonic() + limit
    while time.monotonic() < end:
        answer = ask()
        if answer:
            return answer
        time.sleep(0.02)
    raise SystemExit(f"waited {limit} s for this, and it did not happen: {what}")


def listens(address):
    import socket

    try:
        socket.create_connection(address, timeout=1).close()
        return True
    except OSError:
        return False


def machine_seconds():
    """Processor seconds that the whole machine has spent working."""
    fields = pathlib.Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    user, nice, system, _idle, _wait, irq, softirq, steal = map(int, fields[:8])
    return (user + nice + system + irq + softirq + steal) / TICK


def tree_seconds(root):
    """Processor seconds of a process, its living descendants and those they have reaped."""
    parents, seconds = {}, {}
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            stat = (entry / "stat").read_text()
        except OSError:
            continue
        # The name in brackets may hold blanks.
        fields = stat[stat.rindex(")") + 2 :].split()
        process = int(entry.name)
        parents[process] = int(fields[1])
        seconds[process] = sum(map(int, fields[11:15])) / TICK

    def belongs(process):
        while process in parents:
            if process == root:
                return True
            process = parents[process]
        return False

    return sum(time for process, time in seconds.items() if belongs(process))


def ends_with_us(process):
    """Ends a program with this one, however that ends."""
    atexit.register(lambda: process.poll() is None and process.kill())


class Sink:
    """smtp-sink; with a number it ends itself when it has that many messages."""

    def __init__(self, messages=None):
        wait_for("nobody else listens in the place of the sink", 10, lambda: not listens(SINK))
        until = ["-M", str(messages)] if messages else []
        command = ["smtp-sink", "-u", "root", "-m", "4000", *until, f"{SINK[0]}:{SINK[1]}", "1000"]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        ends_with_us(self.process)
        wait_for("the sink listens", 10, lambda: listens(SINK))

    def wait(self, limit):
        self.process.wait(timeout=limit)

    def stop(self):
        self.process.kill()
        self.process.wait()


def drain(server, connector=None):
    """The sink ended with its last message, perhaps before it could answer: lets such mail go, which comes back to
    its queue a moment later. Otherwise the next round would begin with a next hop that is not answering."""
    if server.waiting(connector) == 0:
        return
    sink = Sink()

    def is_empty():
        server.retry(connector)
        return server.waiting(connector) == 0

    wait_for("the queue is empty", 120, is_empty)
    sink.stop()


def generators(to, messages, size, keep=True):
    """PROCESSES of SESSIONS sessions, kept open or one for each message, each process with a recipient
    domain of its own."""
    command = ["smtp-source", "-4", *(["-d"] if keep else []), "-s", str(SESSIONS)]
    command += ["-m", str(messages // PROCESSES), "-l", str(size)]
    return [
        subprocess.Popen(
            [*command, "-f", "sender@elsewhere.example", "-t", f"u@d{i}.example", f"{to[0]}:{to[1]}"],
            stdin=subprocess.DEVNULL,
        )
        for i in range(PROCESSES)
    ]


def submit(to, messages, sender="sender@elsewhere.example", **options):
    """The generator of bench/submit.rs: messages a second."""
    return submitted(to, messages, sender, **options)["rate"]


def submitted(to, messages, sender="sender@elsewhere.example", **options):
    """The same: all it says."""
    command = [target_directory() / "release/examples/submit", "--server", f"{to[0]}:{to[1]}", "--messages", messages]
    command += ["--from", sender]
    for name, value in options.items():
        command += [f"--{name.replace('_', '-')}", value]
    told = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if told.returncode != 0:
        raise SystemExit(f"submit: {told.stderr}")
    return json.loads(told.stdout)


def send_connector(relais):
    """Everything goes to the sink."""
    relais.run(
        "New-SendConnector",
        Name="Sink",
        Custom=True,
        AddressSpaces=["*"],
        DNSRoutingEnabled=False,
        SmartHosts=[SINK[0]],
        SmartHostAuthMechanism="None",
        Port=SINK[1],
    )


class Relais:
    """`relais serve` with a relay that has no limits of its own."""

    def __init__(self, settings="", dns=None):
        self.home = fresh("relais")
        self.process = None
        self.binary = os.environ.get("RELAIS_BINARY", target_directory() / "release" / "relais")
        listen = {
            "default_frontend": 10024,
            "client_frontend": 10587,
            "client_frontend_implicit_tls": 10465,
            "outbound_proxy": 10717,
            "server_to_server": 12525,
        }
        lines = ['domain = "contoso.com"', 'server = "MBX01"', "[listen]"]
        lines += [f'{name} = ["{RELAIS}:{port}"]' for name, port in listen.items()]
        lines += [f'admin = "{RELAIS}:10443"', "[dns]", f'servers = ["{dns or "127.0.0.1:53"}"]']
        lines += ["[delivery]", f"loopback_next_hops = {str(bool(dns)).lower()}", settings]
        (self.home / "relais.toml").write_text("\n".join(lines) + "\n")
        self.start()
        self.run(
            "New-ReceiveConnector",
            Name="Relay",
            Custom=True,
            Bindings=[f"{RELAY[0]}:{RELAY[1]}"],
            RemoteIPRanges=["127.0.0.0/8"],
            PermissionGroups="AnonymousUsers",
            ExtendedRights=["ms-Exch-SMTP-Accept-Any-Recipient"],
            MaxInboundConnectionPerSource="unlimited",
            MaxInboundConnectionPercentagePerSource=100,
            MessageRateLimit="unlimited",
        )
        self.run("Set-TransportService", Identity="MBX01", MaxConnectionRatePerMinute=2147483647)
        self.run("Set-FrontendTransportService", Identity="MBX01", MaxConnectionRatePerMinute=2147483647)
        wait_for("the relay listens", 10, lambda: listens(RELAY))

    def start(self):
        environment = dict(os.environ, RELAIS_ADMIN_PASSWORD=PASSWORD, RELAIS_LOG="warn")
        log = open(self.home / "log", "ab")
        command = [self.binary, "serve", "--config", self.home / "relais.toml", "--data", self.home / "data"]
        self.process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL, text=True
        )
        for line in self.process.stdout:
            if line.strip() == "ready":
                return
        raise SystemExit(f"relais did not start; see {self.home}/log")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)

    def run(self, cmdlet, **parameters):
        authority = ssl.create_default_context(cafile=self.home / "data/keys/authority.pem")
        sign_in = b64encode(f"Administrator:{PASSWORD}".encode()).decode()
        request = urllib.request.Request(
            f"https://{RELAIS}:10443/api/v1/cmdlets/{cmdlet}",
            data=json.dumps(parameters).encode(),
            headers={"Authorization": f"Basic {sign_in}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, context=authority, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{cmdlet}: {error.code} {error.read().decode()}") from error

    def metric(self, name):
        """A metric without labels."""
        authority = ssl.create_default_context(cafile=self.home / "data/keys/authority.pem")
        with urllib.request.urlopen(f"https://{RELAIS}:10443/metrics", context=authority, timeout=60) as answer:
            lines = answer.read().decode().splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith(f"relais_{name} "))

    def queues(self, connector=None):
        """All queues, or those of a Send connector."""
        found = self.run("Get-Queue", ResultSize="Unlimited")
        if connector:
            guid = self.run("Get-SendConnector", Identity=connector)[0]["Guid"]
            found = [queue for queue in found if queue["NextHopConnector"] == guid]
        return found

    def waiting(self, connector=None):
        """How many messages are in delivery queues and Unreachable, or in those of a Send connector."""
        return sum(queue["MessageCount"] for queue in self.queues(connector))

    def retry(self, connector=None):
        """Tries at once what waits for its next attempt."""
        for queue in self.queues(connector):
            if queue["Status"] == "Retry":
                try:
                    self.run("Retry-Queue", Identity=queue["Identity"])
                except SystemExit as refused:
                    # It has begun by itself meanwhile.
                    if "not in Retry" not in str(refused):
                        raise

    def memory(self):
        """Resident memory in bytes: now, and at its highest."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        values = dict(line.split(":", 1) for line in status.splitlines())
        return tuple(int(values[name].split()[0]) * 1024 for name in ("VmRSS", "VmHWM"))


class Engine:
    """PostgreSQL as several servers share it: a primary and two standbys, of which one at least has what is
    committed. All of them sync."""

    ADDRESSES = ("127.0.44.5", "127.0.44.6", "127.0.44.7")
    PORT = 5432

    def __init__(self):
        self.programs = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        self.home = fresh("engine")
        self.home.chmod(0o755)
        reachable_for_others(self.home)
        self.processes = []
        host = self.ADDRESSES[0]
        self.directory(0)
        self.tool("initdb", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "-U", "postgres", "-D", self.home / "0")
        self.start(0)
        self.sql("CREATE ROLE relais LOGIN", "postgres")
        self.sql("CREATE DATABASE relais OWNER relais", "postgres")
        for i in (1, 2):
            self.directory(i)
            self.tool("pg_basebackup", "-h", host, "-p", self.PORT, "-U", "postgres", "-D", self.home / str(i),
                      "-X", "stream", "-c", "fast", "-C", "-S", f"s{i}")
            with open(self.home / str(i) / "postgresql.auto.conf", "a") as settings:
                settings.write(
                    f"primary_conninfo = 'host={host} port={self.PORT} user=postgres application_name=s{i}'\n"
                    f"primary_slot_name = 's{i}'\n"
                )
            (self.home / str(i) / "standby.signal").touch()
            self.start(i)
        self.sql("ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (s1, s2)'", "postgres")
        self.sql("SELECT pg_reload_conf()", "postgres")
        wait_for("both standbys follow", 30, lambda: self.following() == 2)

    def directory(self, i):
        (self.home / str(i)).mkdir(mode=0o700)
        shutil.chown(self.home / str(i), "postgres", "postgres")

    def owned(self, program, *arguments):
        as_owner = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups", "--"]
        return [*as_owner, str(self.programs / program), *map(str, arguments)]

    def tool(self, program, *arguments):
        done = subprocess.run(self.owned(program, *arguments), cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            raise SystemExit(f"{program}: {done.stdout}")

    def start(self, i):
        settings = [f"listen_addresses={self.ADDRESSES[i]}", f"port={self.PORT}", "unix_socket_directories="]
        command = self.owned("postgres", "-D", self.home / str(i), *(part for s in settings for part in ("-c", s)))
        log = open(self.home / f"log{i}", "ab")
        process = subprocess.Popen(command, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        # Orderly, so that no process of its stays.
        atexit.register(lambda: process.poll() is None and (process.send_signal(signal.SIGINT), process.wait(60)))
        self.processes.append(process)
        ready = ["-h", self.ADDRESSES[i], "-p", str(self.PORT), "-q"]
        wait_for("PostgreSQL answers", 30, lambda: subprocess.run([self.programs / "pg_isready", *ready]).returncode == 0)

    def connection(self):
        hosts = ",".join(self.ADDRESSES)
        return f"host={hosts} port={','.join([str(self.PORT)] * 3)} user=relais dbname=relais"

    def sql(self, statement, user="relais"):
        command = ["psql", "-h", self.ADDRESSES[0], "-p", str(self.PORT), "-U", user, "-d", user, "-XqAt", "-v", "ON_ERROR_STOP=1"]
        return subprocess.run([*command, "-c", statement], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()

    def following(self):
        return int(self.sql("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'quorum'", "postgres"))

    def commits(self):
        """Transactions so far in Relais's database."""
        return int(self.sql("SELECT xact_commit FROM pg_stat_database WHERE datname = 'relais'"))

    def seconds(self):
        return sum(tree_seconds(process.pid) for process in self.processes)

    def stop(self):
        for process in reversed(self.processes):
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)


class Postfix:
    """Postfix as the measure: its own instance and spool, no TLS, no content rules."""

    # Over Debian's defaults.
    TUNED = {
        "mynetworks": "127.0.0.0/8",
        "mydestination": "",
        "local_recipient_maps": "",
        "in_flow_delay": "0",
        "max_use": "2000",
        "max_idle": "300s",
        "initial_destination_concurrency": "20",
        "default_destination_concurrency_limit": "20",
        "smtp_connection_cache_on_demand": "yes",
        "smtp_connection_reuse_count_limit": "0",
        "smtp_connection_reuse_time_limit": "300s",
        "qmgr_message_active_limit": "60000",
        "qmgr_message_recipient_limit": "60000",
        "smtpd_client_connection_count_limit": "0",
        "smtpd_client_connection_rate_limit": "0",
        "smtp_tls_security_level": "none",
        "smtpd_tls_security_level": "none",
    }

    NAME, AT = "postfix", POSTFIX
    # Whether it keeps TLS sessions to be resumed.
    SESSIONS = True

    def __init__(self, tls=None, **changed):
        """`tls`: `wrapper` (from the start) or `starttls`; `changed`: over what is tuned."""
        self.home = fresh(self.NAME)
        for name in ("conf", "queue", "data"):
            (self.home / name).mkdir()
        self.home.chmod(0o755)
        shutil.chown(self.home / "data", "postfix")
        path = self.home
        settings = {
            "compatibility_level": "3.6",
            "queue_directory": path / "queue",
            "data_directory": path / "data",
            "command_directory": "/usr/sbin",
            "daemon_directory": "/usr/lib/postfix/sbin",
            "maillog_file": path / "maillog",
            "maillog_file_prefixes": path,
            "myhostname": "postfix.bench.example",
            "alias_maps": "",
            "inet_interfaces": "127.0.0.1",
            "inet_protocols": "ipv4",
            "relayhost": f"[{SINK[0]}]:{SINK[1]}",
            **self.TUNED,
            **(self.certificate(tls) if tls else {}),
            **changed,
        }
        (path / "conf/main.cf").write_text("".join(f"{name} = {value}\n" for name, value in settings.items()))
        (path / "conf/master.cf").write_text(
            f"{self.AT[0]}:{self.AT[1]} inet n - n - - smtpd{' -o smtpd_tls_wrappermode=yes' if tls == 'wrapper' else ''}\n"
            "pickup unix n - n 60 1 pickup\n"
            "cleanup unix n - n - 0 cleanup\n"
            "qmgr unix n - n 300 1 qmgr\n"
            "rewrite unix - - n - - trivial-rewrite\n"
            "bounce unix - - n - 0 bounce\n"
            "defer unix - - n - 0 bounce\n"
            "trace unix - - n - 0 bounce\n"
            "proxymap unix - - n - - proxymap\n"
            "smtp unix - - n - 20 smtp\n"
            "error unix - - n - - error\n"
            "discard unix - - n - - discard\n"
            "retry unix - - n - - error\n"
            "scache unix - - n - 1 scache\n"
            "anvil unix - - n - 1 anvil\n"
            "tlsmgr unix - - n 1000? 1 tlsmgr\n"
            "postlog unix-dgram n - n - 1 postlogd\n"
        )
        reachable_for_others(path)
        self.process = subprocess.Popen(
            ["/usr/sbin/postfix", "-c", path / "conf", "start-fg"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for("Postfix listens", 20, lambda: listens(self.AT))

    def certificate(self, tls):
        """One of its own, and what makes it be used."""
        key, certificate = self.home / "key.pem", self.home / "certificate.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
             "-subj", "/CN=postfix.bench.example", "-keyout", key, "-out", certificate],
            check=True, stderr=subprocess.DEVNULL,
        )
        return {
            "smtpd_tls_key_file": key,
            "smtpd_tls_cert_file": certificate,
            "smtpd_tls_security_level": "encrypt" if tls == "wrapper" else "may",
            **(
                {"smtpd_tls_session_cache_database": f"btree:{self.home}/data/sessions"}
                if self.SESSIONS
                else {"tls_ssl_options": "NO_TICKET"}
            ),
        }

    @classmethod
    def place(cls):
        """Its directory, which is made anew at each start."""
        return target_directory() / "bench" / cls.NAME

    def change(self, **settings):
        """Changes settings while it runs."""
        pairs = [f"{name}={value}" for name, value in settings.items()]
        subprocess.run(["/usr/sbin/postconf", "-c", self.home / "conf", "-e", *pairs], check=True)
        subprocess.run(["/usr/sbin/postfix", "-c", self.home / "conf", "reload"], check=True, stderr=subprocess.DEVNULL)

    def stop(self):
        subprocess.run(["/usr/sbin/postfix", "-c", self.home / "conf", "stop"], stderr=subprocess.DEVNULL)
        self.process.wait(timeout=60)

    def retry(self, _connector=None):
        """Tries at once what waits for its next attempt."""
        subprocess.run(["/usr/sbin/postqueue", "-c", self.home / "conf", "-f"], check=False)

    def waiting(self, _connector=None):
        return sum(
            1 for name in ("incoming", "active", "deferred") for _ in (self.home / "queue" / name).rglob("[0-9A-F]*")
            if _.is_file()
        )


class Dovecot:
    """Dovecot as who decides about one user's password, which it has in clear."""

    def __init__(self, user, password):
        self.home = fresh("dovecot")
        reachable_for_others(self.home)
        self.home.chmod(0o755)
        path = self.home
        (path / "users").write_text(f"{user}:{{PLAIN}}{password}\n")
        (path / "dovecot.conf").write_text(
            f"base_dir = {path}/run\nstate_dir = {path}/state\nlog_path = {path}/log\nprotocols =\nssl = no\n"
            "disable_plaintext_auth = no\nauth_mechanisms = plain\n"
            f"passdb {{\n  driver = passwd-file\n  args = username_format=%u {path}/users\n}}\n"
            "userdb {\n  driver = static\n  args = uid=nobody gid=nogroup home=/nonexistent\n}\n"
            f"service auth {{\n  unix_listener {path}/auth {{\n    mode = 0666\n  }}\n}}\n"
        )
        command = ["/usr/sbin/dovecot", "-F", "-c", path / "dovecot.conf"]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for("Dovecot answers", 20, lambda: (path / "auth").exists())

    def for_postfix(self):
        return {
            "smtpd_sasl_auth_enable": "yes",
            "smtpd_sasl_type": "dovecot",
            "smtpd_sasl_path": self.home / "auth",
            "smtpd_relay_restrictions": "permit_sasl_authenticated, reject",
        }

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=20)


class NameServer:
    """NSD: every name in `shared.test` has the same mail exchanger, every one in `own.test` is its own,
    and all of them are at `host`."""

    def __init__(self, host):
        self.home = path = fresh("nsd")
        address, port = "127.0.44.4", 5353
        self.address = f"{address}:{port}"
        (path / "test.zone").write_text(
            "$ORIGIN test.\n$TTL 3600\n@ IN SOA ns root 1 3600 600 86400 1\n@ IN NS ns\nns IN A 127.0.44.4\n"
            f"mail IN A {host}\n*.shared IN MX 10 mail\n*.own IN A {host}\n"
        )
        (path / "nsd.conf").write_text(
            f'server:\n  server-count: 1\n  ip-address: {address}@{port}\n  username: ""\n  chroot: ""\n  database: ""\n'
            f'  zonesdir: "{path}"\n  pidfile: "{path}/nsd.pid"\n  xfrdfile: "{path}/xfrd.state"\n  xfrdir: "{path}"\n'
            f'  zonelistfile: "{path}/zone.list"\n  logfile: "{path}/nsd.log"\n  do-ip6: no\n  rrl-ratelimit: 0\n'
            'remote-control:\n  control-enable: no\nzone:\n  name: test.\n  zonefile: test.zone\n'
        )
        command = ["/usr/sbin/nsd", "-d", "-c", path / "nsd.conf"]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for("NSD listens", 20, lambda: listens((address, port)))

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=20)


def reachable_for_others(path):
    """Postfix's daemons are another user and must get through to their directory."""
    for parent in path.parents:
        if not parent.stat().st_mode & 0o001:
            raise SystemExit(
                f"Postfix's user cannot pass {parent}; set CARGO_TARGET_DIR to a directory it can reach"
            )
