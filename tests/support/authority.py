# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Certificate authorities and certificates of every kind, made by the openssl command."""

import base64
import hashlib
import os
import subprocess

CONFIG = """
[ca]
default_ca = ours
[ours]
database = index
new_certs_dir = .
serial = serial
default_md = sha256
policy = any
unique_subject = no
copy_extensions = none
[any]
commonName = supplied
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[good]
subjectAltName = DNS:localhost,IP:127.0.0.1
extendedKeyUsage = serverAuth
[other]
subjectAltName = DNS:other.example,IP:127.0.0.2
[suffix]
subjectAltName = DNS:localhost.other.example,DNS:xlocalhost,DNS:*.localhost
[client]
extendedKeyUsage = clientAuth
[dn]
commonName = x
[req]
distinguished_name = dn
"""

START, END = "20200101000000Z", "21200101000000Z"


class Authority:
    """Certificates in a directory, by the openssl command."""

    def __init__(self, directory):
        self.directory = directory
        self.write("conf", CONFIG)
        self.write("index", "")
        self.write("serial", "1000\n")
        self.authority("ca")
        self.authority("other_ca")

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="ascii") as file:
            file.write(text)

    def read(self, name):
        with open(self.path(name), encoding="ascii") as file:
            return file.read()

    def run(self, *command):
        subprocess.run(("openssl",) + command, cwd=self.directory, check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.PIPE)

    def key(self, name, kind=("EC", "ec_paramgen_curve:P-256")):
        self.run("genpkey", "-algorithm", kind[0], "-pkeyopt", kind[1], "-out", name + ".key")

    def authority(self, name):
        self.key(name)
        self.run("req", "-x509", "-new", "-key", name + ".key", "-subj", "/CN=" + name, "-days",
                 "30", "-config", "conf", "-extensions", "authority", "-out", name + ".pem")

    def issue(self, name, extensions="good", by="ca", start=START, end=END, kind=None):
        self.key(name, *((kind,) if kind else ()))
        self.run("req", "-new", "-key", name + ".key", "-subj", "/CN=localhost", "-config", "conf",
                 "-out", name + ".csr")
        self.run("ca", "-batch", "-notext", "-config", "conf", "-in", name + ".csr", "-cert",
                 by + ".pem", "-keyfile", by + ".key", "-startdate", start, "-enddate", end,
                 "-extensions", extensions, "-out", name + ".pem")

    def self_signed(self, name):
        self.key(name)
        self.run("req", "-x509", "-new", "-key", name + ".key", "-subj", "/CN=localhost", "-days",
                 "30", "-config", "conf", "-extensions", "good", "-out", name + ".pem")

    def lock(self, name, password):
        """The same private key, with a password."""
        self.run("pkcs8", "-topk8", "-in", name + ".key", "-out", name + "-locked.key", "-v2",
                 "aes-128-cbc", "-passout", "pass:" + password)

    def pin(self, name):
        self.run("pkey", "-in", name + ".key", "-pubout", "-outform", "DER", "-out", name + ".der")
        with open(self.path(name + ".der"), "rb") as file:
            digest = hashlib.sha256(file.read()).digest()
        return "sha256//" + base64.b64encode(digest).decode()
