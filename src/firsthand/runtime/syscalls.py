"""Numbers of Linux system calls on the two processors we know, by name: (x86_64, aarch64); None: there is none.

Source: the kernel's arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h.
"""

import platform

AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

# fmt: off
_NUMBERS: dict[str, tuple[int | None, int | None]] = {
    "accept": (43, 202), "accept4": (288, 242), "acct": (163, 89), "add_key": (248, 217), "adjtimex": (159, 171),
    "bind": (49, 200), "bpf": (321, 280), "brk": (12, 214), "chmod": (90, None), "chown": (92, None),
    "chroot": (161, 51), "clock_getres": (229, 114), "clock_gettime": (228, 113), "clock_nanosleep": (230, 115),
    "clock_settime": (227, 112), "clone": (56, 220), "clone3": (435, 435), "close": (3, 57), "connect": (42, 203),
    "creat": (85, None), "delete_module": (176, 106), "dup": (32, 23), "exit": (60, 93), "exit_group": (231, 94),
    "fadvise64": (221, 223), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452), "fchown": (93, 55),
    "fchownat": (260, 54), "fcntl": (72, 25), "finit_module": (313, 273), "fremovexattr": (199, 16),
    "fsetxattr": (190, 7), "fsopen": (430, 430), "fstat": (5, 80), "futex": (202, 98), "futimesat": (261, None),
    "getegid": (108, 177), "geteuid": (107, 175), "getgid": (104, 176), "getpid": (39, 172), "getrandom": (318, 278),
    "getrlimit": (97, 163), "getrusage": (98, 165), "gettid": (186, 178), "gettimeofday": (96, 169),
    "getuid": (102, 174), "init_module": (175, 105), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425), "ioctl": (16, 29), "ioperm": (173, None), "iopl": (172, None),
    "kexec_load": (246, 104), "keyctl": (250, 219), "lchown": (94, None), "link": (86, None), "linkat": (265, 37),
    "listen": (50, 201), "lremovexattr": (198, 15), "lseek": (8, 62), "lsetxattr": (189, 6), "madvise": (28, 233),
    "membarrier": (324, 283), "mkdir": (83, None), "mkdirat": (258, 34), "mknod": (133, None), "mknodat": (259, 33),
    "mmap": (9, 222), "mount": (165, 40), "mount_setattr": (442, 442), "move_mount": (429, 429),
    "mprotect": (10, 226), "mremap": (25, 216), "munmap": (11, 215), "name_to_handle_at": (303, 264),
    "nanosleep": (35, 101), "newfstatat": (262, 79), "open": (2, None), "open_by_handle_at": (304, 265),
    "open_tree": (428, 428), "openat": (257, 56), "openat2": (437, 437), "perf_event_open": (298, 241),
    "pidfd_getfd": (438, 438), "pidfd_open": (434, 434), "pivot_root": (155, 41), "poll": (7, None),
    "ppoll": (271, 73), "pread64": (17, 67), "preadv": (295, 69), "prlimit64": (302, 261),
    "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "pselect6": (270, 72), "ptrace": (101, 117),
    "quotactl": (179, 60), "read": (0, 63), "readv": (19, 65), "reboot": (169, 142), "recvfrom": (45, 207),
    "recvmsg": (47, 212), "removexattr": (197, 14), "rename": (82, None), "renameat": (264, 38),
    "renameat2": (316, 276), "request_key": (249, 218), "restart_syscall": (219, 128), "rmdir": (84, None),
    "rseq": (334, 293), "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139),
    "sched_getaffinity": (204, 123), "sched_yield": (24, 124), "select": (23, None), "sendmsg": (46, 211),
    "sendto": (44, 206), "set_robust_list": (273, 99), "setdomainname": (171, 162), "setgid": (106, 144),
    "sethostname": (170, 161), "setns": (308, 268), "setresuid": (117, 147), "setreuid": (113, 145),
    "settimeofday": (164, 170), "setuid": (105, 146), "setxattr": (188, 5), "shutdown": (48, 210),
    "sigaltstack": (131, 132), "socket": (41, 198), "swapon": (167, 224), "symlink": (88, None),
    "symlinkat": (266, 36), "sysinfo": (99, 179), "syslog": (103, 116), "tgkill": (234, 131), "times": (100, 153),
    "truncate": (76, 45), "umount2": (166, 39), "uname": (63, 160), "unlink": (87, None), "unlinkat": (263, 35),
    "unshare": (272, 97), "userfaultfd": (323, 282), "utime": (132, None), "utimensat": (280, 88),
    "utimes": (235, None), "write": (1, 64), "writev": (20, 66),
}
# fmt: on


def numbers(names: str) -> list[int]:
    """The numbers of these calls (names parted by blanks) on this processor, without those it does not have."""
    column = list(AUDIT_ARCH).index(platform.machine())
    return [number for name in names.split() if (number := _NUMBERS[name][column]) is not None]
