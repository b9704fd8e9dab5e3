/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A network of one's own, on Linux.
 */
#ifdef __linux__
#define _GNU_SOURCE /* unshare() */
#endif

#include "torture/kit/private.h"

#ifdef __linux__

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static bool write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY);
    bool done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

    if (fd >= 0)
        close(fd);
    return done;
}

/* Without privileges: first a user namespace in which we have them. */
static bool leave(void)
{
    char map[64];
    unsigned user = (unsigned)getuid();

    if (unshare(CLONE_NEWNET | CLONE_NEWNS) == 0)
        return true;
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS) != 0)
        return false;
    snprintf(map, sizeof(map), "0 %u 1", user);
    return write_file("/proc/self/setgroups", "deny") && write_file("/proc/self/uid_map", map);
}

static bool raise_loopback(void)
{
    struct ifreq request;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    bool done;

    memset(&request, 0, sizeof(request));
    memcpy(request.ifr_name, "lo", 3);
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    done = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &request) == 0;
    if (fd >= 0)
        close(fd);
    return done;
}

/* Put a file of ours over /etc/resolv.conf, for this process alone. */
static bool replace_resolv_conf(void)
{
    static const char text[] = "nameserver 127.0.0.1\n";
    char path[] = "/tmp/torture-resolv-XXXXXX";
    int fd = mkstemp(path);
    bool done = fd >= 0 && write(fd, text, sizeof(text) - 1) == (ssize_t)sizeof(text) - 1;

    done = done && fchmod(fd, 0644) == 0 &&
           mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount(path, "/etc/resolv.conf", NULL, MS_BIND, NULL) == 0;
    if (fd >= 0) {
        close(fd);
        unlink(path);
    }
    return done;
}

const char *private_network(void)
{
    static char why[120];
    const char *step = "a network and a mount namespace";

    if (leave()) {
        step = "the loopback interface of a namespace";
        if (raise_loopback()) {
            step = "a mount over /etc/resolv.conf";
            if (replace_resolv_conf())
                return NULL;
        }
    }
    snprintf(why, sizeof(why), "the system does not allow %s: %s", step, strerror(errno));
    return why;
}

int private_resolver(void)
{
    struct sockaddr_in address;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(53);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

#else

const char *private_network(void)
{
    return "namespaces are Linux's";
}

int private_resolver(void)
{
    return -1;
}

#endif
