"""Endpoints that somebody could hand us to have the clinic's server knock at the wrong door."""

from ipaddress import ip_address

HOSTS = ("fcm.googleapis.com", "updates.push.services.mozilla.com", "web.push.apple.com",
         "wns2-by3p.notify.windows.com")  # fmt: skip

PRIVATE_V4 = ("127.0.0.1", "127.8.9.1", "10.0.0.5", "172.16.3.4", "192.168.1.1", "169.254.169.254",
              "100.64.0.1", "0.0.0.0", "192.0.2.7", "198.18.0.1", "224.0.0.1", "255.255.255.255",  # noqa: S104
              "198.51.100.3", "203.0.113.9", "240.0.0.1", "192.0.0.8")  # fmt: skip
PRIVATE_V6 = ("::1", "::", "fe80::1", "fc00::5", "fd12:3456::1", "fec0::1", "ff02::1",
              "2001:db8::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:10.0.0.5",
              "2002:7f00:1::", "2002:a9fe:a9fe::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
              "2001:0:53aa:64c:0:fbff:80ff:fffe", "100::1", "::127.0.0.1")  # fmt: skip


def spellings(address: str) -> list[str]:
    """An IPv4 address in the ways that resolvers and libraries read it."""
    number = int(ip_address(address))
    parts = [int(part) for part in address.split(".")]
    return [
        address, f"{address}.", str(number), hex(number), f"0{number:o}",
        ".".join(hex(part) for part in parts), ".".join(f"0{part:o}" for part in parts),
        f"{parts[0]}.{parts[3]}", f"0x{parts[0]:x}.{parts[3]}", f"[::ffff:{address}]",
        f"{address}.nip.io",
    ]  # fmt: skip


def endpoints() -> list[str]:
    """Each of them must be refused before anything is stored or opened."""
    found = [
        f"https://{spelling}/push/x" for address in PRIVATE_V4 for spelling in spellings(address)
    ]
    found += [f"https://[{address}]/push/x" for address in PRIVATE_V6]
    found += [f"https://[{address}%25eth0]/push/x" for address in ("fe80::1", "::1")]
    for host in HOSTS:
        found += [
            f"http://{host}/x", f"ftp://{host}/x", f"//{host}/x", f"{host}/x", f"HTTPS:/{host}/x",
            f"https://me@{host}/x", f"https://me:pw@{host}/x", f"https://127.0.0.1@{host}/x",
            f"https://{host}@127.0.0.1/x", f"https://{host}:80@10.0.0.1/x",
            f"https://{host}:8443/x", f"https://{host}:80/x", f"https://{host}:0/x",
            f"https://{host}:99999/x", f"https://{host}:-1/x", f"https://{host}:x/x",
            f"https://{host}:/x", f"https://{host}./x", f"https://{host}../x",
            f"https://.{host}/x", f"https://{host}.evil.example/x", f"https://evil{host}.example/x",
            f"https://evil.example/{host}", f"https://evil.example#{host}/", f"https://{host}#x",
            f"https://evil.example?{host}/x", f"https://{host}\\@evil.example/x",
            f"https://{host}\r\nX: y/x", f"https://{host}/x y", f"https://{host}/\x00",
            f"https://{host}/\u2028", f" https://{host}/x", f"https://{host}/x\n",
            f"https://{host}", f"https://{host}?x", f"https://{host}%2eevil.example/x",
            f"https://{host.replace('.', '%2e')}/x", f"https://{host.replace('.', '。')}/x",
            f"https://{host.replace('o', 'о')}/x", f"https://xn--{host}/x",
            f"https://a_b.{host}/x", f"https://[{host}]/x", f"https://{host}/" + "x" * 2_048,
        ]  # fmt: skip
    found += [
        "", "https://", "https:///x", "https://localhost/x", "https://localhost:5432/x",
        "https://localhost.localdomain/x", "https://ip6-localhost/x", "https://metadata.google.internal/x",
        "https://fcm-googleapis.com/x", "https://fcm.googleapis.com.evil.tld/x", "https://googleapis.com/x",
        "https://push.apple.com/x", "https://push.services.mozilla.com/x", "https://notify.windows.com/x",
        "https://evilpush.apple.com/x", "https://xn--pple-43d.push.apple.com/x", "file:///etc/passwd",
        "gopher://127.0.0.1:25/x", "javascript:alert(1)", "data:text/plain,x", "https://fcm/x", "https://*/x",
        "https://*.push.apple.com/x", "https://-a.push.apple.com/x", "https://a-.push.apple.com/x",
        "https://a..push.apple.com/x",
    ]  # fmt: skip
    return list(dict.fromkeys(found))


# Addresses that a resolver could give for an allowed name, in a second answer or among good ones.
REBOUND = [[address] for address in (*PRIVATE_V4, *PRIVATE_V6)] + [
    ["142.250.0.10", "127.0.0.1"],
    ["2a00:1450:4001::5f", "fe80::1%eth0"],
    ["142.250.0.10", "::ffff:10.0.0.5"],
]
