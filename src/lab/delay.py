"""delay.py LEFT RIGHT MILLISECONDS LOSS_PERCENT: a slow, lossy cable between two network cards.

Works where the kernel has no netem. Frames carry their virtio header along, so that checksums and segmentation that
were left to the card stay so.
"""
import heapq
import itertools
import random
import select
import socket
import struct
import sys
import time

SOL_PACKET, ADD_MEMBERSHIP, VNET_HDR, IGNORE_OUTGOING, MR_PROMISC = 263, 1, 15, 23, 1


def card(name):
    raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    raw.setsockopt(SOL_PACKET, VNET_HDR, 1)
    raw.setsockopt(SOL_PACKET, IGNORE_OUTGOING, 1)
    raw.bind((name, 3))
    member = struct.pack("iHH8s", socket.if_nametoindex(name), MR_PROMISC, 0, b"")
    raw.setsockopt(SOL_PACKET, ADD_MEMBERSHIP, member)
    raw.setblocking(False)
    return raw


def main():
    left, right = card(sys.argv[1]), card(sys.argv[2])
    delay, loss = float(sys.argv[3]) / 1000, float(sys.argv[4]) / 100
    other = {left: right, right: left}
    queue, order = [], itertools.count()
    while True:
        wait = max(0.0, queue[0][0] - time.monotonic()) if queue else None
        for source in select.select([left, right], [], [], wait)[0]:
            try:
                frame = source.recv(131072)
            except OSError:
                continue
            if random.random() >= loss:
                heapq.heappush(queue, (time.monotonic() + delay, next(order), other[source], frame))
        while queue and queue[0][0] <= time.monotonic():
            _, _, target, frame = heapq.heappop(queue)
            try:
                target.send(frame)
            except OSError:
                pass


main()
