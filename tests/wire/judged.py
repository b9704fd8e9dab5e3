# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Where other parsers read a reply in another way, who is right by RFC 9112, and why.

A difference is judged if one of these rows is about it:

    kind    the other parser "accepts" what we refuse, or "refuses" what we accept; or both accept
            it, but the other reads another "status", other "fields" or another "body", or it would
            "keep" or "close" the connection and we would not
    what    for "accepts": our reason, which reference.py must have found, too; otherwise a fact
            about the reply that reference.py has found
    right   "ours", or "both" where the RFC leaves it open
    why     with the parsers that are known to do it, where it is worth a word"""

import collections

Row = collections.namedtuple("Row", "kind what right why")

JUDGED = [Row(*row) for row in [
    # ---- what they accept
    ("accepts", "not_http", "ours",
     "RFC 9112, 4: HTTP/1.DIGIT, one space, three digits from 100 to 599, a space. They take more: "
     "several spaces, more digits, other versions, empty lines before it. For 600 to 999, RFC 9110, "
     "15, would have a client act as on a 5xx; to us it is a reply that cannot be read. In both "
     "cases the outcome is unknown"),
    ("accepts", "malformed_header", "ours",
     "RFC 9112, 5: there is a colon; 5.1: no whitespace before it; 2.2: no bare CR, and no "
     "whitespace before the first field; RFC 9110, 5.5: no NUL"),
    ("accepts", "ambiguous_length", "ours",
     "RFC 9112, 6.3: a Content-Length that is malformed, or lengths that differ, are an error that "
     "cannot be mended; together with Transfer-Encoding it ought to be handled as one. curl and "
     "Python take the first or the last, or read until the end; Node does not mind a "
     "Transfer-Encoding that is empty"),
    ("accepts", "transfer_coding", "ours",
     "RFC 9112, 6.1: we ask for no other coding, so none may be sent, and chunked once; not in "
     "HTTP/1.0. They ignore it, or read until the end"),
    ("accepts", "malformed_chunk", "ours",
     "RFC 9112, 7.1: hexadecimal digits, CRLF after size and data. Ours also ends at 16 digits"),
    ("accepts", "reply_cut", "ours",
     "RFC 9112, 8: a reply that ends within the head, or before the end of the chunks, is "
     "incomplete. curl and Python take it for complete"),
    ("accepts", "header_too_long", "both", "limits of our own: 32 KiB, 256 fields"),
    ("accepts", "body_too_long", "both", "a limit of our own: 256 KiB"),
    ("accepts", "unexpected_upgrade", "ours",
     "RFC 9110, 7.8: a server must not change to a protocol that nobody asked for"),

    # ---- what they refuse
    ("refuses", "minor version above 1", "ours",
     "RFC 9110, 2.5: a higher minor version is read as the highest one that is known"),
    ("refuses", "bare LF", "both", "RFC 9112, 2.2: a recipient may recognise a single LF"),
    ("refuses", "bare LF in the chunks", "both",
     "RFC 9112, 7.1 has CRLF alone; 2.2 lets the recipient be lenient with lines. What the body is "
     "stays beyond doubt"),
    ("refuses", "folded", "ours",
     "RFC 9112, 5.2: a user agent must replace a fold by blanks. curl reads the first line of a "
     "length alone"),
    ("refuses", "name that is no token", "both",
     "RFC 9110, 5.1: a name is a token. Others in visible characters do no harm"),
    ("refuses", "control byte in a value", "both",
     "RFC 9110, 5.5: invalid, but a recipient may keep them where they do no harm"),
    ("refuses", "control byte in the reason phrase", "both",
     "RFC 9112, 4: invalid; a client ought to ignore the phrase"),
    ("refuses", "length given twice", "ours", "RFC 9112, 6.3: the same length again is valid"),
    ("refuses", "blank after content-length", "ours",
     "RFC 9110, 5.5: blanks around a value are not part of it"),
    ("refuses", "interim response that closes", "ours",
     "RFC 9110, 15.2: the final reply comes after it"),
    ("refuses", "no body, but a length", "ours",
     "RFC 9112, 6.3: 204 and 304 end with the head, whatever their fields say"),
    ("refuses", "no body, but a coding", "ours", "the same"),
    ("refuses", "more bytes after it", "both",
     "the reply is complete; what follows is not part of it. We close the connection"),
    ("refuses", "blank after a chunk size", "both",
     "RFC 9112, 7.1.1 has blanks only in front of an extension, but some servers pad the size"),
    ("refuses", "odd byte in a chunk extension", "both",
     "RFC 9112, 7.1.1: a recipient must ignore extensions that it does not know"),
    ("refuses", "chunk extension", "both", "the same"),
    ("refuses", "head above 16 KiB", "both", "a limit of Node"),
    ("refuses", "more than 90 fields", "both", "a limit of Python: 100"),
    ("refuses", "trailers above 4 KiB", "both", "a limit of curl"),

    # ---- what they read
    ("status", "interim response other than 100", "ours",
     "RFC 9110, 15.2: a client must be able to parse further 1xx. Python takes it for the reply"),
    ("body", "no body, but a coding", "ours", "RFC 9112, 6.3: a 204 or 304 has no body"),
    ("body", "length given twice", "ours",
     "RFC 9112, 6.3: the same length again, as a list, is valid. Python reads until the end"),
    ("body", "bare LF in the chunks", "both",
     "as above. Python takes two bytes after the data for CRLF, whatever they are"),
    ("body", "blank after transfer-encoding", "ours",
     "RFC 9110, 5.5: blanks around a value are not part of it. Node and Python read until the end"),
    ("body", "folded transfer-encoding", "ours",
     "RFC 9112, 5.2, as above. curl and Python read until the end"),
    ("fields", "folded", "both", "RFC 9112, 5.2: a fold is replaced by one or more blanks"),
    ("fields", "control byte in a value", "ours",
     "RFC 9112, 5.1: only SP and HTAB around a value are not part of it. curl drops others"),

    # ---- what becomes of the connection
    ("keep", "more bytes after it", "ours",
     "nobody asked for them; the next reply would begin with them"),
    ("keep", "no body, but a length", "ours",
     "the sender may send a body all the same, and that would be the beginning of the next reply"),
    ("keep", "no body, but a coding", "ours", "the same"),
    ("keep", "no length", "ours",
     "RFC 9112, 9.3: the body ends with the connection, so it cannot be kept. curl would, with "
     "HTTP/1.0 and keep-alive"),
    ("keep", "close is not the first option", "ours",
     "RFC 9112, 9.6: the options are a list. curl 8.14 looks at how it begins"),
    ("keep", "both close and keep-alive in HTTP/1.0", "ours", "RFC 9112, 9.3: close decides"),
    ("keep", "connection option like keep-alive", "ours",
     "RFC 9112, 9.3: the option is keep-alive. curl and Python look for the letters"),
    ("keep", "folded connection", "ours", "RFC 9112, 5.2. curl reads the first line alone"),
    ("keep", "several Connection fields", "ours",
     "RFC 9110, 5.3: they are one list. Python looks at the first"),
    ("keep", "Keep-Alive in HTTP/1.0", "ours",
     "RFC 9112, 9.3: the option keep-alive of Connection is what counts. Python"),
    ("close", "connection option like close", "both",
     "RFC 9112, 9.6: the option is close. They look for the letters; closing is never wrong"),
    ("close", "folded connection", "ours", "as above"),
    ("close", "several Connection fields", "ours", "as above"),
    ("close", "length given twice", "ours", "as above: Python reads until the end"),
    ("close", "Proxy-Connection", "both",
     "RFC 9112, C.2.2: no such field ought to be sent. Node heeds it"),
]]


def judge(kind, reason, facts):
    """The row about a difference, or None."""
    for row in JUDGED:
        if row.kind == kind and (row.what == reason if kind == "accepts" else row.what in facts):
            return row
    return None
