"""Commands about the house itself: migrate, serve, worker, check, backup, restore."""

import json
import os
import signal
import subprocess
import sys
import threading
from argparse import ArgumentParser, Namespace
from pathlib import Path

from django.core.management import call_command
from django.utils.translation import gettext as _

from kewei.config import backups, checking, statics
from kewei.config import worker as house_worker


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

    statics.collect_if_older()
    beside = None if args.no_worker else start_worker()
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


def start_worker() -> subprocess.Popen:
    """A worker in a process of its own, so that a long job holds up no page."""
    command = [sys.executable, "-m", "kewei", "worker", "--parent", str(os.getpid())]
    return subprocess.Popen(command, env=os.environ.copy(), start_new_session=True)  # noqa: S603


def stop_worker(process: subprocess.Popen) -> None:
    """Let it finish what it is at, for ten seconds."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()


def arguments_worker(parser: ArgumentParser) -> None:
    """kewei worker [--once]"""
    parser.add_argument("--once", action="store_true", help="read and run what there is, then stop  只跑一轮")
    parser.add_argument("--parent", type=int, default=0, help="stop when this process is gone")


def worker(args: Namespace) -> int:
    """Followers and jobs."""
    if args.once:
        total = 0
        while done := house_worker.once():
            total += done
        print(_("处理了 {count} 项").format(count=total))
        return 0
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_ignored: stop.set())
    house_worker.run(stop, args.parent)
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
        print(_("已备份 {rows} 行、{files} 个文件到 {out}（{size} 字节）").format(
            rows=rows, files=len(manifest["files"]), out=args.out, size=size))  # fmt: skip
    return 0


def arguments_restore(parser: ArgumentParser) -> None:
    """kewei restore FILE"""
    parser.add_argument("file", type=Path, metavar="FILE")


def restore(args: Namespace) -> int:
    """Bring a backup into an empty home, on either database, and check the chain."""
    manifest = backups.read(args.file)
    print(_("已恢复 {rows} 行、{files} 个文件，日志链完整（第 {seq} 条）").format(
        rows=sum(manifest["tables"].values()), files=len(manifest["files"]), seq=manifest["head"][0]))  # fmt: skip
    return 0
