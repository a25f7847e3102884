"""Commands about the house itself: migrate, serve, worker, check, backup, restore."""

import json
import multiprocessing
import os
import signal
import threading
from argparse import ArgumentParser, Namespace
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from time import sleep

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connections
from django.utils.translation import gettext as _

from kewei.config import backups, checking, statics
from kewei.config import worker as house_worker
from kewei.receivables.queries import book


def migrate(args: Namespace) -> int:
    """Bring the database to this version."""
    call_command("migrate", verbosity=0, interactive=False)
    print(_("数据库已是当前版本"))
    return 0


# --- serving ----------------------------------------------------------------------------------------------------------


def arguments_serve(parser: ArgumentParser) -> None:
    """kewei serve [--host H] [--port P] [--workers N] [--no-worker]"""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at  监听地址")
    parser.add_argument("--port", type=int, default=8000, help="port  端口")
    cores = min(os.cpu_count() or 1, 4)
    parser.add_argument("--workers", type=int, default=cores, help="web processes  进程数")
    parser.add_argument("--threads", type=int, default=min(4, 2 * cores + 1), help="threads of each  每进程线程数")
    parser.add_argument("--no-worker", action="store_true", help="followers and jobs run elsewhere  不带后台作业")


def serve(args: Namespace) -> int:
    """Serve the web application, with a worker beside it, until told to stop."""
    from granian import Granian
    from granian.constants import Interfaces

    checking.check_database()
    statics.collect_if_older()
    # Loaded once before the processes part: they share it, and are up as soon as they exist.
    import_module("kewei.config.wsgi")
    import_module(settings.ROOT_URLCONF)
    hang_up()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=lambda parent=os.getpid(): end_with(parent))
    beside = None if args.no_worker else start_worker()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=read_ahead)
    server = Granian(
        "kewei.config.wsgi:application",
        address=args.host,
        port=args.port,
        interface=Interfaces.WSGI,
        workers=args.workers,
        blocking_threads=args.threads,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_level="warning",
    )
    host = f"[{args.host}]" if ":" in args.host else args.host
    print(_("客维已启动：{address}（按 Ctrl+C 停止）").format(address=f"http://{host}:{args.port}/"), flush=True)
    try:
        server.serve()
    finally:
        if beside:
            stop_worker(beside)
    return 0


def hang_up() -> None:
    """Close connections and their pool: the processes that part would keep the pool without the threads that run it."""
    connections.close_all()
    for connection in connections.all(initialized_only=True):
        if hasattr(connection, "close_pool"):
            connection.close_pool()


def end_with(parent: int) -> None:
    """End this process when its parent is gone without having said goodbye: nobody else would free the port."""

    def watch() -> None:
        while os.getppid() == parent:
            sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="kewei-parent").start()


def read_ahead() -> None:
    """Read the ledger before anybody asks about it: with two million items the first page would take seconds."""

    def read() -> None:
        # What is wrong with the database, whoever asks first will be told.
        with suppress(DatabaseError):
            book.read_ahead()
        connections.close_all()

    threading.Thread(target=read, daemon=True, name="kewei-read-ahead").start()


def start_worker() -> multiprocessing.Process:
    """A worker in a process of its own, so that a long job holds up no page."""
    process = multiprocessing.Process(target=work_beside, args=(os.getpid(),), name="kewei-worker")
    process.start()
    return process


def work_beside(parent: int) -> None:
    """What the worker's process does: until its parent stops it or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches everybody; the parent decides
    work_until_stopped(parent)


def stop_worker(process: multiprocessing.Process) -> None:
    """Let it finish what it is at, for ten seconds."""
    process.terminate()
    process.join(10)
    if process.is_alive():
        process.kill()
        process.join()


def work_until_stopped(parent: int = 0) -> None:
    """Followers and jobs, until SIGTERM."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_ignored: stop.set())
    house_worker.run(stop, parent)


def arguments_worker(parser: ArgumentParser) -> None:
    """kewei worker [--once]"""
    parser.add_argument("--once", action="store_true", help="read and run what there is, then stop  只跑一轮")


def worker(args: Namespace) -> int:
    """Followers and jobs."""
    if args.once:
        total = 0
        while done := house_worker.once():
            total += done
        print(_("处理了 {count} 项").format(count=total))
        return 0
    signal.signal(signal.SIGINT, lambda *_ignored: os.kill(os.getpid(), signal.SIGTERM))
    work_until_stopped()
    return 0


# --- checking ---------------------------------------------------------------------------------------------------------


def arguments_check(parser: ArgumentParser) -> None:
    """kewei check [--json]"""
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.add_argument("--limit", type=int, default=1000, help="stop after so many  最多列出多少条")


def check(args: Namespace) -> int:
    """Everything that is not as it must be, room by room; exit code 1 if anything."""
    found = list(checking.findings(args.limit))
    if args.json:
        rows = [{"room": f.room, "code": f.code, "about": f.about, "numbers": f.numbers} for f in found]
        print(json.dumps({"findings": rows, "count": len(rows)}, ensure_ascii=False, indent=1, default=str))
    else:
        for f in found:
            print(f"{f.room}.{f.code}  {f.about}  {_(f.says)}  {f.told}")
        print(_("核对完成：{count} 处不符").format(count=len(found)) if found else _("核对完成：全部相符"))
    return 1 if found else 0


# --- backup and restore -----------------------------------------------------------------------------------------------


def arguments_backup(parser: ArgumentParser) -> None:
    """kewei backup --out FILE"""
    parser.add_argument("--out", required=True, type=Path, metavar="FILE", help="the file to write, e.g. kewei.zip")
    parser.add_argument("--json", action="store_true", help="as JSON")


def backup(args: Namespace) -> int:
    """Write the database as it is at one moment, and the files, into one file."""
    manifest = backups.write(args.out)
    rows = sum(manifest["tables"].values())
    if args.json:
        print(json.dumps(manifest, ensure_ascii=False))
    else:
        size = args.out.stat().st_size
        files = sum(len(manifest[folder]) for folder in backups.FOLDERS)
        print(_("已备份 {rows} 行、{files} 个文件到 {out}（{size} 字节）").format(
            rows=rows, files=files, out=args.out, size=size))  # fmt: skip
    return 0


def arguments_restore(parser: ArgumentParser) -> None:
    """kewei restore FILE"""
    parser.add_argument("file", type=Path, metavar="FILE")


def restore(args: Namespace) -> int:
    """Bring a backup into an empty home, on either database, and check the chain."""
    manifest = backups.read(args.file)
    files = sum(len(manifest.get(folder, ())) for folder in backups.FOLDERS)
    print(_("已恢复 {rows} 行、{files} 个文件，日志链完整（第 {seq} 条）").format(
        rows=sum(manifest["tables"].values()), files=files, seq=manifest["head"][0]))  # fmt: skip
    return 0
