// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
//
// The same request again: for a shell, and for a program with this library. While secrets are hidden
// both take them from the variables that the sandbox sets for a COMMAND; once they are shown, curl sends
// exactly what was received.

// -- curl --------------------------------------------------------------------------------------

const VARIABLES = {
    "app-token": "SPAY_WEPAY_APP_TOKEN",
    "x-api-key": "SPAY_HOSTED_FIELDS_API_KEY",
};
const LEFT_TO_CURL = ["host", "content-length", "connection", "transfer-encoding"];
const SIGNED = "GCS v1HMAC:";

function quoted(text) {
    return "'" + text.replaceAll("'", "'\\''") + "'";
}

function isSigned(entry) {
    return entry.headers.some(([name, value, masked]) =>
        masked && name.toLowerCase() === "authorization" && value.startsWith(SIGNED));
}

/* What stands for a masked value: its visible part, and a variable. */
function variableFor(name, value) {
    const visible = value.slice(0, value.indexOf("•"));
    const variable = VARIABLES[name] ?? (visible.startsWith(SIGNED) ? "SIGNATURE" :
        visible.startsWith("GCS v1Client:") ? "CLIENT_SESSION_ID" : visible === "Bearer " ? "TOKEN" : "SECRET");
    return { visible, variable };
}

function headerArgument([name, value, masked], signed) {
    const lower = name.toLowerCase();
    if (signed && lower === "date")
        return `-H "${name}: $DATE"`;
    if (masked) {
        const { visible, variable } = variableFor(lower, value);
        return `-H ${quoted(`${name}: ${visible}`)}"$${variable}"`;
    }
    return "-H " + quoted(value ? `${name}: ${value}` : `${name};`);
}

/* A format for printf in which everything stands for itself, except the place of the date. */
function signedFormat(entry) {
    const lines = entry.string_to_sign.replaceAll("\\", "\\\\").replaceAll("%", "%%").split("\n");
    lines[2] = "%s";
    return quoted(lines.join("\\n"));
}

function preparation(entry) {
    const bearer = entry.headers.some(([, value, masked]) => masked && value.startsWith("Bearer "));
    if (isSigned(entry))
        return [
            "DATE=$(LC_ALL=C date -u '+%a, %d %b %Y %H:%M:%S GMT')",
            `SIGNATURE=$(printf ${signedFormat(entry)} "$DATE" |`,
            "    openssl dgst -sha256 -hmac \"$SPAY_CONNECT_SECRET_API_KEY\" -binary | base64)",
        ];
    if (bearer)
        return [
            "TOKEN=$(curl -sS --cacert \"$SPAY_CA_FILE\" -X POST -H \"x-api-key: $SPAY_HOSTED_FIELDS_API_KEY\" \\",
            "    \"$SPAY_SANDBOX_URL/authorize\" | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')",
        ];
    return [];
}

/* An empty one is told from none by its length. */
function hasBody(entry) {
    return entry.body !== "" || entry.headers.some(([name]) => name.toLowerCase() === "content-length");
}

function bodyArguments(entry) {
    if (entry.body === null)
        return ["--data-binary @-"];
    return hasBody(entry) ? ["--data-raw " + quoted(entry.body)] : [];
}

/* What curl adds on its own, and the request did not have. */
function unwanted(entry) {
    const names = new Set(entry.headers.map(([name]) => name.toLowerCase()));
    return ["Accept", "User-Agent", "Content-Type"].filter((name) =>
        !names.has(name.toLowerCase()) && (name !== "Content-Type" || hasBody(entry))).map((name) => `-H ${quoted(name + ":")}`);
}

export function asCurl(entry) {
    const signed = isSigned(entry);
    const headers = entry.headers.filter(([name]) => !LEFT_TO_CURL.includes(name.toLowerCase()));
    const ca = location.protocol === "https:" ? ["--cacert \"$SPAY_CA_FILE\""] : [];
    const pieces = [
        [entry.body === null ? `printf %s ${quoted(entry.body_base64)} | base64 -d | curl -i` : "curl -i", ...ca].join(" "),
        `--globoff --path-as-is -X ${quoted(entry.method)} "$SPAY_SANDBOX_URL"${quoted(entry.path)}`,
        ...headers.map((header) => headerArgument(header, signed)), ...unwanted(entry), ...bodyArguments(entry),
    ];
    return [...preparation(entry), pieces.join(" \\\n    ")].join("\n");
}

// -- C -----------------------------------------------------------------------------------------

const bytes = new TextEncoder();

/* A C string: what is not printable ASCII is written in octal, which ends after three digits. */
function literal(text) {
    let out = "";
    for (const byte of bytes.encode(text)) {
        const char = String.fromCharCode(byte);
        if (char === '"' || char === "\\")
            out += "\\" + char;
        else if (char === "\n")
            out += "\\n";
        else if (byte < 0x20 || byte > 0x7e || char === "?")
            out += char === "?" ? "?" : "\\" + byte.toString(8).padStart(3, "0");
        else
            out += char;
    }
    return `"${out.replaceAll("??", "?\\?")}"`;
}

/* The members of an object that the struct of the request has no place for. */
function others(object, known) {
    const rest = Object.fromEntries(Object.entries(object ?? {}).filter(([name]) => !known.includes(name)));
    return Object.keys(rest).length ? rest : null;
}

function headerOf(entry, wanted) {
    return entry.headers.find(([name]) => name.toLowerCase() === wanted.toLowerCase())?.[1];
}

function field(name, value) {
    if (value === undefined || value === null)
        return [];
    return [`request.${name} = ${typeof value === "number" ? Math.trunc(value) : literal(String(value))};`];
}

function extra(rest) {
    return rest ? field("extra_json", JSON.stringify(rest)) : [];
}

function account(type, variable, fields) {
    return [`${type}_options account = ${type.toUpperCase()}_OPTIONS_INIT;`,
        ...fields.map(([name, value]) => `account.${name} = ${value};`),
        `${type} *${variable} = NULL;`,
        `${type}_new(client, &account, &${variable}, NULL);`];
}

function fromEnvironment(prefix, names) {
    return names.map((name) => [name, `getenv("${prefix}${name.toUpperCase()}")`]);
}

function wepay(entry, body) {
    const type = String(body.type ?? "mobile_session");
    const inner = body[type] ?? {};
    const rest = others(inner, ["account_id", "time_to_live"]);
    return {
        type: "spay_wepay",
        variable: "wepay",
        account: account("spay_wepay", "wepay", fromEnvironment("SPAY_WEPAY_", ["base_url", "app_id", "app_token"])),
        request: [...field("type", type), ...field("account_id", inner.account_id),
            ...field("time_to_live", inner.time_to_live), ...field("client_ip", headerOf(entry, "Client-IP")),
            ...extra({ ...others(body, ["type", type]), ...(rest ? { [type]: rest } : {}) })],
    };
}

function hostedFields(entry, body) {
    return {
        type: "spay_hosted_fields",
        variable: "payroc",
        account: account("spay_hosted_fields", "payroc",
            fromEnvironment("SPAY_HOSTED_FIELDS_", ["base_url", "identity_url", "api_key"])),
        request: [...field("processing_terminal_id", decodeURIComponent(entry.path.split("/")[3])),
            ...field("lib_version", body.libVersion), ...field("scenario", body.scenario),
            ...field("secure_token_id", body.secureTokenId),
            ...extra(others(body, ["libVersion", "scenario", "secureTokenId"]))],
    };
}

function array(type, name, values, write) {
    return values?.length ? [`static const ${type} ${name}[] = {${values.map(write).join(", ")}};`] : [];
}

function filter(name, json) {
    if (!json)
        return [];
    const set = (member, values, one) => values?.length ?
        [`${name}.${member} = ${name}_${member};`, `${name}.${one}_count = ${values.length};`] : [];
    return [...array("char *const", `${name}_groups`, json.groups, literal),
        ...array("int32_t", `${name}_products`, json.products, Math.trunc),
        `spay_connect_server_filter ${name} = SPAY_CONNECT_SERVER_FILTER_INIT;`,
        ...set("groups", json.groups, "group"), ...set("products", json.products, "product"),
        `request.${name} = &${name};`];
}

function connectServer(entry, body) {
    const filters = body.paymentProductFilters ?? {};
    const meta = headerOf(entry, "X-GCS-ClientMetaInfo");
    return {
        type: "spay_connect_server",
        variable: "connect",
        account: account("spay_connect_server", "connect",
            fromEnvironment("SPAY_CONNECT_", ["base_url", "merchant_id", "api_key_id", "secret_api_key"])),
        request: [...filter("exclude", filters.exclude), ...filter("restrict_to", filters.restrictTo),
            ...array("char *const", "tokens", body.tokens, literal),
            ...(body.tokens?.length ? ["request.tokens = tokens;", `request.token_count = ${body.tokens.length};`] : []),
            ...field("client_meta_info", meta && atob(meta)),
            ...extra(others(body, ["paymentProductFilters", "tokens"]))],
    };
}

function connectClient(entry, body) {
    const input = body.paymentProductSession302SpecificInput ?? {};
    const [, , , customer, , product] = entry.path.split("/");
    const id = (headerOf(entry, "Authorization") ?? "").replace("GCS v1Client:", "");
    return {
        type: "spay_connect_client",
        variable: "consumer",
        before: ["static const char *const hosts[] = {\"127.0.0.1\", \"localhost\"};"],
        account: account("spay_connect_client", "consumer", [
            ["environment", "SPAY_ENV_TEST"],
            ["client_session_id", id.includes("•") ? "getenv(\"CLIENT_SESSION_ID\")" : literal(id)],
            ["customer_id", literal(decodeURIComponent(customer))],
            ["client_api_url", literal(location.origin + "/client")],
            ["allowed_hosts", "hosts"], ["allowed_host_count", "2"]]),
        request: [...field("product_id", Number(product)), ...field("display_name", input.displayName),
            ...field("domain_name", input.domainName), ...field("validation_url", input.validationUrl)],
    };
}

const WRITERS = { wepay, hosted_fields: hostedFields, connect_server: connectServer, connect_client: connectClient };

function callOptions(entry) {
    const key = entry.key_header && headerOf(entry, entry.key_header);
    return key ? ["spay_call_options options = SPAY_CALL_OPTIONS_INIT;",
        `options.idempotency_key = ${literal(key)};`] : [];
}

function program({ type, variable, before = [], account: accountLines, request }, options) {
    const chosen = options.length ? "&options" : "NULL";
    return [
        "spay_client_options settings = SPAY_CLIENT_OPTIONS_INIT;",
        "settings.ca_file = getenv(\"SPAY_CA_FILE\");",
        "spay_client *client = NULL;",
        "spay_client_new(&settings, &client, NULL);",
        "", ...before, ...accountLines,
        "", `${type}_session_request request = ${type.toUpperCase()}_SESSION_REQUEST_INIT;`, ...request, ...options,
        "", `${type}_session *session = NULL;`, "spay_error *error = NULL;",
        `spay_status status = ${type}_session_create(${variable}, &request, ${chosen}, &session, &error);`,
        "printf(\"%s\\n\", status == SPAY_OK ? \"made\" : spay_error_message(error));",
        "", "spay_error_free(error);", `${type}_session_free(session);`, `${type}_free(${variable});`,
        "spay_client_free(client);",
    ].join("\n");
}

function bodyAsObject(entry) {
    try {
        const body = JSON.parse(entry.body || "{}");
        return body && typeof body === "object" && !Array.isArray(body) ? body : null;
    } catch {
        return null;
    }
}

export function asC(entry) {
    const writer = WRITERS[entry.provider];
    const body = bodyAsObject(entry);
    if (entry.path.startsWith("/authorize"))
        return "/* The library asks for bearer tokens itself, before a Hosted Fields session. */";
    if (!writer || entry.method !== "POST" || !body)
        return "/* The library has no call that makes this request. */";
    try {
        return program(writer(entry, body), callOptions(entry));
    } catch {
        return "/* The library has no call that makes this request. */";
    }
}
