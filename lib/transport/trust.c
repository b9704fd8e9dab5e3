/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The trust of a client, on OpenSSL's X509_STORE. libcurl calls us when it has made the SSL_CTX
 * of a connection. Its own store stays unused: ours is set beside it, as the one to verify with,
 * because libcurl fills or replaces its own whenever it likes.
 *
 * TLS sessions are kept here too. OpenSSL changes the object of a session that is in use, so what
 * is kept is a copy, and each connection that resumes it has a copy of its own. libcurl would share one
 * object among all.
 */
#include "trust.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/alloc.h"
#include "base/crypto.h"
#include "base/platform.h"
#include "base/thread.h"

enum {
    MOST_HOSTS = 16,
    NAME_SIZE = 256
};

/* The TLS session to resume at a host. */
typedef struct spay__cached_session {
    char *host; /* and port */
    SSL_SESSION *session;
} cached_session;

struct spay__trust {
    spay__trust_source source;
    spay__mutex lock; /* guards what follows */
    X509_STORE *store;
    int64_t made_ms; /* when the store was */
    bool complete;   /* the system's bundle has been read into it */
    bool damaged;    /* it is to be made anew */
    bool empty;      /* the caller's own source has no certificate, or one that cannot be read */
    size_t host_count;
    cached_session cache[MOST_HOSTS]; /* all sessions are the store's */
    uint32_t fork_generation;
};

/* The machine's clock: the caller's must not be asked from within libcurl. */
static int64_t now_ms(void)
{
    spay_platform machine = SPAY_PLATFORM_INIT;

    spay__platform_complete(&machine);
    return machine.monotonic_ms(machine.ctx);
}

/* A forked child forgets its parent's sessions: one of them may be about to be replaced. */
static void lock(spay__trust *trust)
{
    size_t i;

    spay__lock(&trust->lock);
    if (!spay__forked(&trust->fork_generation))
        return;
    for (i = 0; i < trust->host_count; i++)
        trust->cache[i].session = NULL;
}

static void unlock(spay__trust *trust)
{
    spay__unlock(&trust->lock);
}

static void forget_sessions(spay__trust *trust)
{
    size_t i;

    for (i = 0; i < trust->host_count; i++) {
        SSL_SESSION_free(trust->cache[i].session);
        trust->cache[i].session = NULL;
    }
}

/* ---- stores ---- */

/* A store has one lookup of a kind: asking for it again is safe while others verify. */
static bool read_file(X509_STORE *store, const char *path)
{
    X509_LOOKUP *files = X509_STORE_add_lookup(store, X509_LOOKUP_file());

    return files && path && X509_LOOKUP_load_file(files, path, X509_FILETYPE_PEM) > 0;
}

static bool add_each(X509_STORE *store, const STACK_OF(X509_INFO) * found)
{
    bool some = false;
    int i;

    for (i = 0; i < sk_X509_INFO_num(found); i++) {
        X509 *certificate = sk_X509_INFO_value(found, i)->x509;

        if (certificate && X509_STORE_add_cert(store, certificate) != 1)
            return false;
        some = some || certificate;
    }
    return some;
}

static bool read_pem(X509_STORE *store, const char *pem)
{
    BIO *text = BIO_new_mem_buf(pem, -1);
    STACK_OF(X509_INFO) *found = text ? PEM_X509_INFO_read_bio(text, NULL, NULL, NULL) : NULL;
    bool done = found && add_each(store, found);

    sk_X509_INFO_pop_free(found, X509_INFO_free);
    (void)BIO_free(text);
    return done;
}

static bool look_into(X509_STORE *store, const char *directory)
{
    X509_LOOKUP *lookup = X509_STORE_add_lookup(store, X509_LOOKUP_hash_dir());

    return lookup && X509_LOOKUP_add_dir(lookup, directory, X509_FILETYPE_PEM) == 1;
}

static bool fill(X509_STORE *store, const spay__trust_source *source)
{
    if (source->own_file)
        return read_file(store, source->own_file);
    if (source->own_pem)
        return read_pem(store, source->own_pem);
    return X509_STORE_add_lookup(store, X509_LOOKUP_file()) &&
           (!source->directory || look_into(store, source->directory));
}

/* The flags are those that libcurl sets. */
static X509_STORE *make_store(const spay__trust_source *source, bool *empty)
{
    X509_STORE *store = X509_STORE_new();
    bool done;

    (void)ERR_set_mark();
    done = store && fill(store, source) &&
           X509_STORE_set_flags(store, X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN) == 1;
    *empty = store && !done;
    (void)ERR_pop_to_mark();
    if (done)
        return store;
    X509_STORE_free(store);
    return NULL;
}

/* Connections keep the store that they began with; what it has verified is not resumed any more. */
static bool renew(spay__trust *trust)
{
    X509_STORE *store = make_store(&trust->source, &trust->empty);

    if (trust->empty) /* OpenSSL does not always say that it had no memory */
        store = make_store(&trust->source, &trust->empty);
    if (!store)
        return false;
    X509_STORE_free(trust->store);
    trust->store = store;
    trust->made_ms = now_ms();
    trust->complete = false;
    trust->damaged = false;
    forget_sessions(trust);
    return true;
}

/* Have the bundle in a store. false: it cannot be read. */
static bool complete(spay__trust *trust, X509_STORE *store)
{
    bool done;

    lock(trust);
    (void)ERR_set_mark();
    done = (store == trust->store && trust->complete) || read_file(store, trust->source.bundle);
    (void)ERR_pop_to_mark();
    if (store == trust->store)
        trust->complete = done;
    unlock(trust);
    return done;
}

/* ---- verifying ---- */

/*
 * What the directory does not settle, the bundle may: it takes long to read, and most have no need
 * of it.
 */
static int verify_again(X509_STORE_CTX *checked, spay__tls *tls)
{
    const spay__trust_source *source = &tls->trust->source;

    if (!source->directory && !source->bundle)
        return 0;
    if (!complete(tls->trust, X509_STORE_CTX_get0_store(checked))) {
        tls->unread = source->bundle;
        return 0;
    }
    X509_STORE_CTX_set0_verified_chain(checked, NULL);
    X509_STORE_CTX_set_current_cert(checked, NULL);
    X509_STORE_CTX_set_error_depth(checked, 0);
    X509_STORE_CTX_set_error(checked, X509_V_OK);
    return X509_verify_cert(checked) > 0;
}

/*
 * OpenSSL looks at the extensions of a certificate once. If it has no memory for that, it takes the
 * certificate for an invalid one from then on.
 */
static bool is_damaged(X509_STORE *store)
{
    const STACK_OF(X509_OBJECT) * objects;
    bool damaged = false;
    int i;

    (void)X509_STORE_lock(store);
    objects = X509_STORE_get0_objects(store);
    for (i = 0; i < sk_X509_OBJECT_num(objects) && !damaged; i++) {
        X509 *certificate = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i));

        damaged = certificate && X509_get_extension_flags(certificate) & EXFLAG_INVALID;
    }
    (void)X509_STORE_unlock(store);
    return damaged;
}

static void look_for_damage(spay__trust *trust, X509_STORE *store)
{
    bool damaged = is_damaged(store);

    lock(trust);
    trust->damaged = trust->damaged || (damaged && store == trust->store);
    unlock(trust);
}

/* Of the certificate that is to blame, or of the peer's: libcurl may find another fault with it. */
static void keep_judged(spay__tls *tls, X509_STORE_CTX *checked, bool good)
{
    X509 *judged = good ? NULL : X509_STORE_CTX_get_current_cert(checked);

    judged = judged ? judged : X509_STORE_CTX_get0_cert(checked);
    X509_free(tls->judged);
    tls->judged = judged && X509_up_ref(judged) == 1 ? judged : NULL;
}

static int verify(X509_STORE_CTX *checked, void *ctx)
{
    spay__tls *tls = ctx;
    int good;

    (void)ERR_set_mark();
    good = X509_verify_cert(checked) > 0 || verify_again(checked, tls);
    tls->trusted = good;
    tls->verify_error = good ? X509_V_OK : X509_STORE_CTX_get_error(checked);
    keep_judged(tls, checked, good);
    if (good) {
        (void)ERR_pop_to_mark();
    } else {
        look_for_damage(tls->trust, X509_STORE_CTX_get0_store(checked));
        (void)ERR_clear_last_mark();
    }
    return good;
}

/* ---- resuming ---- */

/* Whether what a connection keeps or resumes is verified by the store that the trust has now. */
static bool is_current(const spay__tls *tls, const SSL *connection)
{
    X509_STORE *store = NULL;

    (void)SSL_CTX_get0_verify_cert_store(SSL_get_SSL_CTX(connection), &store);
    return tls->trust->store == store;
}

/* Without port and brackets; empty if it is too long to be one. */
static void write_name(char name[NAME_SIZE], const char *host)
{
    bool bracketed = *host == '[';
    size_t length = strcspn(host + bracketed, bracketed ? "]" : ":");

    if (length >= NAME_SIZE)
        length = 0;
    memcpy(name, host + bracketed, length);
    name[length] = '\0';
}

/*
 * Whether libcurl will accept, and would today, whom a session began with. One that it refuses must
 * not be offered for ever: the peer may have another certificate by now.
 */
static bool is_valid(SSL_SESSION *session, const char *host)
{
    X509 *peer = SSL_SESSION_get0_peer(session);
    char name[NAME_SIZE];

    write_name(name, host);
    return peer && X509_cmp_current_time(X509_get0_notAfter(peer)) > 0 &&
           (X509_check_host(peer, name, 0, 0, NULL) == 1 || X509_check_ip_asc(peer, name, 0) == 1);
}

/*
 * OpenSSL has a session that could be resumed. Nobody will verify its peer again, so it must have
 * been verified well. Returns that we did not take the object.
 */
static int on_session(SSL *connection, SSL_SESSION *session)
{
    spay__tls *tls = SSL_CTX_get_app_data(SSL_get_SSL_CTX(connection));

    if (!tls->cached || !tls->trusted || SSL_get_verify_result(connection) != X509_V_OK)
        return 0;
    (void)ERR_set_mark();
    lock(tls->trust);
    if (is_current(tls, connection)) {
        SSL_SESSION_free(tls->cached->session);
        tls->cached->session = SSL_SESSION_dup(session);
    }
    unlock(tls->trust);
    (void)ERR_pop_to_mark();
    return 0;
}

/* A copy of what is kept for a connection; NULL if nothing is that may be resumed. */
static SSL_SESSION *recall(const spay__tls *tls, const SSL *connection)
{
    SSL_SESSION *session = NULL;
    const cached_session *kept = tls->cached;

    lock(tls->trust);
    if (is_current(tls, connection) && kept->session && is_valid(kept->session, kept->host))
        session = SSL_SESSION_dup(kept->session);
    unlock(tls->trust);
    return session;
}

/* Before the first byte of a connection: here is what it may resume, and nothing else. */
static void offer_session(const spay__tls *tls, SSL *connection)
{
    SSL_SESSION *session;

    (void)ERR_set_mark();
    session = tls->cached ? recall(tls, connection) : NULL;
    (void)SSL_set_session(connection, session);
    SSL_SESSION_free(session);
    (void)ERR_pop_to_mark();
}

/* ---- what happens in a connection ---- */

static void note_alert(spay__tls *tls, int what, int value)
{
    int description = value & 0xff;

    if (description == SSL3_AD_CLOSE_NOTIFY)
        tls->closed = tls->closed || (what & SSL_CB_READ);
    else if (what & SSL_CB_READ)
        tls->alert_received = description;
    else
        tls->alert_sent = description;
}

static void note_protocol(spay__tls *tls, const SSL *connection)
{
    const unsigned char *chosen = NULL;
    unsigned int length = 0;

    SSL_get0_alpn_selected(connection, &chosen, &length);
    tls->ready = true;
    tls->trusted = tls->trusted || SSL_session_reused(connection);
    tls->version_1_3 = SSL_version(connection) == TLS1_3_VERSION;
    tls->http2_chosen = length == 2 && memcmp(chosen, "h2", 2) == 0;
}

/* A handshake that just ends leaves no error of the protocol, or this one. */
static void note_error(spay__tls *tls)
{
    unsigned long code = ERR_peek_last_error();

    tls->ended = ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
    tls->refused = ERR_GET_LIB(code) == ERR_LIB_SSL && !tls->ended;
    tls->no_memory = tls->no_memory || spay__crypto_lacks_memory();
}

/* The header of a record is five bytes. */
static void on_record(int sent, int version, int type, const void *bytes, size_t length,
                      SSL *connection, void *ctx)
{
    spay__tls *tls = ctx;

    (void)version;
    (void)connection;
    if (!sent && type == SSL3_RT_HEADER && !tls->ready && length >= 5)
        tls->plain_http = tls->plain_http || memcmp(bytes, "HTTP/", 5) == 0;
}

static void on_state(const SSL *connection, int what, int value)
{
    spay__tls *tls = SSL_CTX_get_app_data(SSL_get_SSL_CTX(connection));

    if (what & SSL_CB_ALERT)
        note_alert(tls, what, value);
    else if (what == SSL_CB_HANDSHAKE_START && SSL_in_before(connection))
        offer_session(tls, (SSL *)connection);
    else if (what == SSL_CB_HANDSHAKE_DONE)
        note_protocol(tls, connection);
    else if (what == SSL_CB_CONNECT_EXIT && value <= 0)
        note_error(tls);
}

/* ---- what libcurl asks for each connection ---- */

/* NULL without memory, or if there are too many. */
static cached_session *session_of(spay__trust *trust, const char *host)
{
    cached_session *found = trust->cache;
    cached_session *end = found + trust->host_count;

    while (found < end && strcmp(found->host, host) != 0)
        found++;
    if (found < end || trust->host_count == MOST_HOSTS)
        return found < end ? found : NULL;
    found->host = spay__copy_text(host);
    if (!found->host)
        return NULL;
    trust->host_count++;
    return found;
}

/* libcurl offers none then: it would speak HTTP/2 itself. */
static bool offer_http2(SSL_CTX *context)
{
    static const unsigned char protocols[] = "\x02h2\x08http/1.1";

    return SSL_CTX_set_alpn_protos(context, protocols, sizeof(protocols) - 1) == 0;
}

/*
 * Reading ahead takes what the socket has in one system call instead of two for each record.
 * libcurl writes the keys of a connection where SSLKEYLOGFILE says, unless it is kept from it.
 */
static bool equip(spay__tls *tls, SSL_CTX *context)
{
    X509_STORE *store = tls->trust->store;

    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_cert_verify_callback(context, verify, tls);
    (void)SSL_CTX_set_session_cache_mode(context,
                                         SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, on_session);
    SSL_CTX_set_info_callback(context, on_state);
    SSL_CTX_set_msg_callback(context, on_record);
    (void)SSL_CTX_set_msg_callback_arg(context, tls);
    SSL_CTX_set_keylog_callback(context, NULL);
    return SSL_CTX_set_app_data(context, tls) == 1 &&
           SSL_CTX_set1_verify_cert_store(context, store) == 1 &&
           SSL_CTX_set1_chain_cert_store(context, store) == 1 &&
           (!tls->http2 || offer_http2(context));
}

static bool is_good(const spay__trust *trust)
{
    return !trust->damaged && now_ms() - trust->made_ms < trust->source.lifetime_ms;
}

/* Until the proxy has opened the tunnel, the only TLS is that with the proxy. */
static spay__tls *whose_context(CURL *easy, spay__tls *tls)
{
    long connect_status = 0;

    (void)curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &connect_status);
    return tls->proxy && connect_status / 100 != 2 ? tls->proxy : tls;
}

static CURLcode on_context(CURL *easy, void *context, void *ctx)
{
    spay__tls *tls = whose_context(easy, ctx);
    spay__trust *trust = tls->trust;
    bool done;

    tls->started = true;
    lock(trust);
    if (tls->host && !trust->source.pinned)
        tls->cached = session_of(trust, tls->host);
    done = (is_good(trust) || renew(trust)) && equip(tls, context);
    unlock(trust);
    return done ? CURLE_OK : CURLE_SSL_CACERT_BADFILE;
}

/* ---- the trust ---- */

/*
 * Objects of one OpenSSL are none to another, and two may well be in one process. libcurl says
 * "OpenSSL/3.0.2", the library "OpenSSL 3.0.2 15 Mar 2022".
 */
static bool is_our_openssl(const char *version)
{
    const char *own = OpenSSL_version(OPENSSL_VERSION);

    while (version && *version && *own == (*version == '/' ? ' ' : *version)) {
        version++;
        own++;
    }
    return version && !*version && *own == ' ';
}

void spay__trust_the_system(spay__trust_source *source)
{
    const curl_version_info_data *built = curl_version_info(CURLVERSION_NOW);

    source->directory = built->capath;
    source->bundle = built->cainfo;
}

static bool is_somewhere(const spay__trust_source *source)
{
    return source->own_file || source->own_pem || source->directory || source->bundle;
}

spay__trust *spay__trust_new(const spay__trust_source *source, bool *empty)
{
    spay__trust *trust = is_somewhere(source) ? spay__alloc(sizeof(*trust)) : NULL;
    bool done;

    *empty = false;
    if (!trust)
        return NULL;
    if (spay__mutex_init(&trust->lock)) {
        spay__free(trust);
        return NULL;
    }
    trust->source = *source;
    trust->fork_generation = spay__fork_generation();
    spay__hold_forks();
    done = renew(trust);
    spay__let_fork();
    *empty = trust->empty;
    if (done && is_our_openssl(curl_version_info(CURLVERSION_NOW)->ssl_version))
        return trust;
    spay__trust_free(trust);
    return NULL;
}

void spay__trust_free(spay__trust *trust)
{
    size_t i;

    if (!trust)
        return;
    lock(trust);
    unlock(trust);
    spay__hold_forks();
    forget_sessions(trust);
    X509_STORE_free(trust->store);
    spay__let_fork();
    for (i = 0; i < trust->host_count; i++)
        spay__free(trust->cache[i].host);
    spay__mutex_destroy(&trust->lock);
    spay__free(trust);
}

bool spay__trust_is_alone(void)
{
    return curl_version_info(CURLVERSION_NOW)->version_num < 0x081100;
}

void spay__tls_init(spay__tls *tls, spay__trust *trust, const char *host)
{
    memset(tls, 0, sizeof(*tls));
    tls->trust = trust;
    tls->host = host;
    tls->alert_received = -1;
    tls->alert_sent = -1;
}

void spay__tls_clear(spay__tls *tls)
{
    X509_free(tls->judged);
    tls->judged = NULL;
}

void spay__tls_set(spay__tls *tls, spay__curl_setter *set)
{
    SPAY__CURL_SET(set, CURLOPT_SSL_CTX_FUNCTION, on_context);
    SPAY__CURL_SET(set, CURLOPT_SSL_CTX_DATA, tls);
    if (tls->http2)
        SPAY__CURL_SET(set, CURLOPT_SSL_ENABLE_ALPN, 0L);
}

/* Appends to a text. */
static size_t add_name(char *out, size_t length, const char *what, const X509_NAME *name)
{
    char text[SPAY__TLS_NAME_SIZE] = "";

    (void)X509_NAME_oneline(name, text, sizeof(text));
    return length + (size_t)snprintf(out + length, SPAY__TLS_ABOUT_SIZE - length, "%s%s", what,
                                     *text ? text : "without a name");
}

static size_t add_date(char *out, size_t length, const char *format, const ASN1_TIME *date)
{
    struct tm day;

    if (ASN1_TIME_to_tm(date, &day) != 1)
        return length;
    return length + strftime(out + length, SPAY__TLS_ABOUT_SIZE - length, format, &day);
}

void spay__tls_describe(const spay__tls *tls, char about[SPAY__TLS_ABOUT_SIZE])
{
    const X509 *judged = tls->judged;
    size_t length = 0;

    about[0] = '\0';
    if (!judged)
        return;
    length = add_name(about, length, "; subject ", X509_get_subject_name(judged));
    length = add_name(about, length, ", issuer ", X509_get_issuer_name(judged));
    length = add_date(about, length, ", valid %Y-%m-%d", X509_get0_notBefore(judged));
    length = add_date(about, length, " to %Y-%m-%d", X509_get0_notAfter(judged));
    if (tls->unread)
        (void)snprintf(about + length, SPAY__TLS_ABOUT_SIZE - length, "; %.100s cannot be read",
                       tls->unread);
}

const char *spay__tls_verdict(int verdict)
{
    switch (verdict) {
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return "tls_certificate_not_yet_valid";
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return "tls_certificate_expired";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        return "tls_certificate_self_signed";
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return "tls_authority_unknown";
    default:
        return "tls_certificate_refused";
    }
}

/* These are about certificates and their keys, and have no place after a handshake. */
bool spay__tls_is_refused(const spay__tls *tls)
{
    int alert = tls->alert_received;

    return tls->version_1_3 &&
           ((alert >= SSL_AD_HANDSHAKE_FAILURE && alert <= SSL_AD_CERTIFICATE_UNKNOWN) ||
            alert == SSL_AD_UNKNOWN_CA || alert == SSL_AD_ACCESS_DENIED ||
            alert == SSL_AD_DECRYPT_ERROR || alert == TLS13_AD_CERTIFICATE_REQUIRED);
}

/* Some versions of OpenSSL answer the end of the connection with an alert, too. */
const char *spay__tls_failure(const spay__tls *tls)
{
    bool refused = tls->refused || (tls->alert_sent >= 0 && !tls->ended);

    if (tls->verify_error != X509_V_OK)
        return spay__tls_verdict(tls->verify_error);
    if (tls->ready)
        return NULL;
    if (tls->plain_http)
        return "tls_plain_http";
    if (tls->alert_received == SSL_AD_PROTOCOL_VERSION ||
        (refused && tls->alert_sent == SSL_AD_PROTOCOL_VERSION))
        return "tls_version";
    if (tls->alert_received >= 0)
        return "tls_refused_by_peer";
    return refused ? "tls_handshake_failed" : NULL;
}

const char *spay__tls_failure_text(const spay__tls *tls)
{
    if (tls->verify_error != X509_V_OK)
        return X509_verify_cert_error_string(tls->verify_error);
    return tls->plain_http ? "this port speaks plain HTTP" : "";
}
