# SPDX-License-Identifier: Apache-2.0
# A wire between two TAPs: wire.py CARD OTHER ADDRESS; the second is made here and gets the address.
import fcntl
import os
import select
import struct
import subprocess
import sys

TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 0x0002, 0x1000


def attach(name):
    queue = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(queue, TUNSETIFF, struct.pack("16sH14x", name.encode(), IFF_TAP | IFF_NO_PI))
    return queue


card, other = attach(sys.argv[1]), attach(sys.argv[2])
subprocess.run(["ip", "addr", "add", sys.argv[3], "dev", sys.argv[2]], check=True)
subprocess.run(["ip", "link", "set", sys.argv[2], "up"], check=True)
ways = {card: other, other: card}
while True:
    for ready in select.select(ways, [], [])[0]:
        try:
            os.write(ways[ready], os.read(ready, 4096))
        except BlockingIOError:
            continue
        except OSError:
            # The card is deleted.
            sys.exit()
