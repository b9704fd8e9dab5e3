/* Made by make api from the headers of libsessionpay. SPDX-License-Identifier: MIT */
enum { SPAY_VERSION_MAJOR = 0, SPAY_VERSION_MINOR = 1, SPAY_VERSION_PATCH = 0 };
enum
{
  SPAY_DEFAULT = 0,
  SPAY_YES = 1,
  SPAY_NO = 2
};
typedef int32_t spay_status;
enum
{
  SPAY_OK = 0,
  SPAY_E_INVALID_ARGUMENT = -1,
  SPAY_E_STATE = -2,
  SPAY_E_UNSUPPORTED = -3,
  SPAY_E_NO_MEMORY = -4,
  SPAY_E_AUTH = -10,
  SPAY_E_FORBIDDEN = -11,
  SPAY_E_CLOCK = -12,
  SPAY_E_TLS = -13,
  SPAY_E_PROXY = -14,
  SPAY_E_REJECTED = -20,
  SPAY_E_NOT_FOUND = -21,
  SPAY_E_CONFLICT = -22,
  SPAY_E_EXPIRED = -23,
  SPAY_E_CONNECT = -30,
  SPAY_E_NETWORK = -31,
  SPAY_E_TIMEOUT = -32,
  SPAY_E_THROTTLED = -33,
  SPAY_E_PROVIDER = -34,
  SPAY_E_CANCELED = -35,
  SPAY_E_BUSY = -36,
  SPAY_E_PROTOCOL = -40,
  SPAY_E_LIMIT = -41,
  SPAY_E_INTERNAL = -42
};
enum
{
  SPAY_GROUP_NONE = 0,
  SPAY_GROUP_PROGRAM = 1,
  SPAY_GROUP_SETUP = 2,
  SPAY_GROUP_REQUEST = 3,
  SPAY_GROUP_LATER = 4,
  SPAY_GROUP_SUPPORT = 5
};
int32_t spay_status_group(spay_status status);
enum
{
  SPAY_OUTCOME_NOT_SENT = 1,
  SPAY_OUTCOME_REJECTED = 2,
  SPAY_OUTCOME_UNKNOWN = 3
};
enum
{
  SPAY_STAGE_INPUT = 1,
  SPAY_STAGE_TOKEN = 2,
  SPAY_STAGE_REQUEST = 3,
  SPAY_STAGE_REPLY = 4
};
enum
{
  SPAY_PROVIDER_NONE = 0,
  SPAY_PROVIDER_WEPAY = 1,
  SPAY_PROVIDER_HOSTED_FIELDS = 2,
  SPAY_PROVIDER_CONNECT_SERVER = 3,
  SPAY_PROVIDER_CONNECT_CLIENT = 4
};
typedef struct spay_error spay_error;
const char *spay_status_name(spay_status status);
const char *spay_status_text(spay_status status);
const char *spay_outcome_name(int32_t outcome);
const char *spay_provider_name(int32_t provider);
spay_error *spay_error_new(spay_status status, int32_t outcome, const char *message);
spay_error *spay_error_new_input(const char *path, const char *code, const char *message);
void spay_error_free(spay_error *error);
spay_status spay_error_status(const spay_error *error);
const char *spay_error_name(const spay_error *error);
const char *spay_error_message(const spay_error *error);
const char *spay_error_reason(const spay_error *error);
int32_t spay_error_stage(const spay_error *error);
int32_t spay_error_provider(const spay_error *error);
const char *spay_error_provider_code(const spay_error *error);
int32_t spay_error_http_status(const spay_error *error);
const char *spay_error_request_id(const spay_error *error);
int32_t spay_error_attempts(const spay_error *error);
int32_t spay_error_requests_sent(const spay_error *error);
int64_t spay_error_elapsed_ms(const spay_error *error);
int32_t spay_error_retryable(const spay_error *error);
int64_t spay_error_retry_after_ms(const spay_error *error);
int32_t spay_error_outcome(const spay_error *error);
const char *spay_error_idempotency_key(const spay_error *error);
size_t spay_error_field_count(const spay_error *error);
const char *spay_error_field_path(const spay_error *error, size_t index);
const char *spay_error_field_code(const spay_error *error, size_t index);
const char *spay_error_field_message(const spay_error *error, size_t index);
const char *spay_error_body(const spay_error *error, size_t *length);
enum
{
  SPAY_EVENT_ATTEMPT = 1,
  SPAY_EVENT_CALL = 2,
  SPAY_EVENT_STORE = 3
};
enum
{
  SPAY_DECISION_SUCCEED = 1,
  SPAY_DECISION_GIVE_UP = 2,
  SPAY_DECISION_RETRY = 3,
  SPAY_DECISION_RESEND = 4,
  SPAY_DECISION_RENEW_TOKEN = 5,
  SPAY_DECISION_CORRECT_CLOCK = 6
};
const char *spay_decision_name(int32_t decision);
typedef struct spay_event
{
  int32_t type;
  int32_t provider;
  const char *operation;
  const char *route;
  int32_t attempt;
  int32_t requests_sent;
  spay_status status;
  int32_t outcome;
  int32_t decision;
  int32_t http_status;
  int64_t delay_ms;
  int64_t at_ms;
  int64_t elapsed_ms;
  int64_t name_lookup_us;
  int64_t connect_us;
  int64_t tls_us;
  int64_t first_byte_us;
  int64_t total_us;
  const char *idempotency_key;
  const char *request_id;
  int64_t bytes_sent;
  int64_t bytes_received;
  const char *reason;
  int32_t stage;
  const char *host;
  const char *phase;
  const char *provider_code;
  const char *message;
  void *call_ctx;
  const char *server_host;
  int32_t server_port;
  const char *protocol_version;
} spay_event;
typedef struct spay_send_record
{
  int32_t provider;
  int32_t attempt;
  const char *route;
  const char *idempotency_key;
  const char *body_sha256;
  size_t body_length;
  int64_t at_ms;
  void *call_ctx;
} spay_send_record;
typedef struct spay_platform
{
  size_t struct_size;
  void *ctx;
  int64_t (*monotonic_ms)(void *ctx);
  int64_t (*wall_ms)(void *ctx);
  void (*sleep_ms)(void *ctx, int64_t duration_ms);
  int32_t (*random_bytes)(void *ctx, void *buffer, size_t length);
  void (*destroy)(void *ctx);
} spay_platform;
void spay_platform_init(void *platform, size_t struct_size);
enum
{
  SPAY_STORE_DONE = 1,
  SPAY_STORE_MISS = 2,
  SPAY_STORE_HELD = 3,
  SPAY_STORE_STALE = 4,
  SPAY_STORE_ERROR = 5
};
typedef struct spay_store_operation spay_store_operation;
typedef struct spay_store
{
  size_t struct_size;
  void *ctx;
  void (*get)(void *ctx, const char *name, spay_store_operation *operation);
  void (*put)(void *ctx, const char *name, const void *value, size_t length, int64_t ttl_ms, uint64_t fence, spay_store_operation *operation);
  void (*acquire)(void *ctx, const char *name, int64_t ttl_ms, spay_store_operation *operation);
  void (*release)(void *ctx, const char *name, uint64_t fence, spay_store_operation *operation);
  void (*destroy)(void *ctx);
} spay_store;
void spay_store_init(void *store, size_t struct_size);
void spay_store_found(spay_store_operation *operation, const void *value, size_t length, int64_t ttl_left_ms);
void spay_store_acquired(spay_store_operation *operation, uint64_t fence);
void spay_store_end(spay_store_operation *operation, int32_t result);
typedef struct spay_http_request spay_http_request;
typedef struct spay_http_response spay_http_response;
const char *spay_http_request_method(const spay_http_request *request);
const char *spay_http_request_url(const spay_http_request *request);
size_t spay_http_request_header_count(const spay_http_request *request);
const char *spay_http_request_header_name(const spay_http_request *request, size_t index);
const char *spay_http_request_header_value(const spay_http_request *request, size_t index);
int32_t spay_http_request_header_is_secret(const spay_http_request *request, size_t index);
const char *spay_http_request_body(const spay_http_request *request, size_t *length);
int64_t spay_http_request_timeout_ms(const spay_http_request *request);
int64_t spay_http_request_connect_timeout_ms(const spay_http_request *request);
int32_t spay_http_request_is_canceled(const spay_http_request *request);
spay_status spay_http_request_new(const spay_http_request *original, const char *method, const char *url, spay_http_request **request);
spay_status spay_http_request_add_header(spay_http_request *request, const char *name, const char *value, int32_t secret);
spay_status spay_http_request_set_body(spay_http_request *request, const void *data, size_t length);
void spay_http_request_free(spay_http_request *request);
void spay_http_response_mark_sent(spay_http_response *response);
spay_status spay_http_response_set_status(spay_http_response *response, int32_t status);
spay_status spay_http_response_add_header(spay_http_response *response, const char *name, const char *value);
spay_status spay_http_response_append_body(spay_http_response *response, const void *data, size_t length);
void spay_http_response_set_failure(spay_http_response *response, const char *reason, const char *message);
enum
{
  SPAY_TIMING_NAME_LOOKUP = 0,
  SPAY_TIMING_CONNECT = 1,
  SPAY_TIMING_TLS = 2,
  SPAY_TIMING_FIRST_BYTE = 3,
  SPAY_TIMING_TOTAL = 4
};
void spay_http_response_set_timing(spay_http_response *response, int32_t moment, int64_t microseconds);
int32_t spay_http_response_status(const spay_http_response *response);
const char *spay_http_response_header(const spay_http_response *response, const char *name);
const char *spay_http_response_body(const spay_http_response *response, size_t *length);
typedef struct spay_transport
{
  size_t struct_size;
  void *ctx;
  spay_status (*perform)(void *ctx, const spay_http_request *request, spay_http_response *response);
  void (*drop_connections)(void *ctx);
  void (*destroy)(void *ctx);
} spay_transport;
void spay_transport_init(void *transport, size_t struct_size);
typedef struct spay_client spay_client;
enum
{
  SPAY_ENV_TEST = 1,
  SPAY_ENV_PRODUCTION = 2
};
enum
{
  SPAY_LOG_DEFAULT = 0,
  SPAY_LOG_ERROR = 1,
  SPAY_LOG_INFO = 2,
  SPAY_LOG_DEBUG = 3,
  SPAY_LOG_TRACE = 4
};
typedef struct spay_client_options
{
  size_t struct_size;
  int64_t timeout_ms;
  int64_t attempt_timeout_ms;
  int64_t connect_timeout_ms;
  int32_t max_attempts;
  int32_t max_idle_connections;
  const char *user_agent;
  const void *key_secret;
  size_t key_secret_length;
  const char *ca_file;
  const char *ca_pem;
  const char *client_certificate_file;
  const char *client_key_file;
  const char *client_key_password;
  const char *pinned_public_keys;
  const char *proxy;
  const char *proxy_credentials;
  const spay_transport *transport;
  const spay_platform *platform;
  void (*log)(void *ctx, int32_t level, const char *line);
  void *log_ctx;
  void (*log_destroy)(void *ctx);
  int32_t log_level;
  int32_t recorded_attempts;
  void (*event)(void *ctx, const spay_event *event);
  void *event_ctx;
  void (*event_destroy)(void *ctx);
  spay_status (*before_send)(void *ctx, const spay_send_record *record);
  void *before_send_ctx;
  void (*before_send_destroy)(void *ctx);
  const spay_store *store;
  int64_t store_timeout_ms;
} spay_client_options;
void spay_client_options_init(void *options, size_t struct_size);
spay_status spay_client_new(const spay_client_options *options, spay_client **client, spay_error **error);
void spay_client_free(spay_client *client);
void spay_client_drop_connections(spay_client *client);
spay_status spay_client_exchange(spay_client *client, const spay_http_request *request, spay_http_response *response);
char *spay_client_flight_record(spay_client *client);
void spay_free(void *memory);
typedef struct spay_call spay_call;
enum
{
  SPAY_CALL_SEND = 1,
  SPAY_CALL_WAIT = 2,
  SPAY_CALL_DONE = 3
};
typedef struct spay_call_options
{
  size_t struct_size;
  const char *idempotency_key;
  const char *intent;
  int64_t timeout_ms;
  int64_t attempt_timeout_ms;
  int32_t max_attempts;
  void *call_ctx;
} spay_call_options;
void spay_call_options_init(void *options, size_t struct_size);
int32_t spay_call_step(spay_call *call);
const spay_http_request *spay_call_request(const spay_call *call);
spay_http_response *spay_call_response(spay_call *call);
spay_status spay_call_respond(spay_call *call, spay_status status);
int64_t spay_call_wait_ms(const spay_call *call);
spay_status spay_call_perform(spay_call *call, spay_error **error);
void spay_call_cancel(spay_call *call);
spay_status spay_call_status(const spay_call *call);
const spay_error *spay_call_error(const spay_call *call);
const char *spay_call_idempotency_key(const spay_call *call);
int32_t spay_call_attempts(const spay_call *call);
void spay_call_free(spay_call *call);
enum
{
  SPAY_SESSION_WARNING_ACCOUNT_DIFFERS = 1,
  SPAY_SESSION_WARNING_STATE = 2,
  SPAY_SESSION_WARNING_INVALID_TOKENS = 4,
  SPAY_SESSION_WARNING_EXPIRY_ASSUMED = 8,
  SPAY_SESSION_WARNING_MEMBER_IGNORED = 16,
  SPAY_SESSION_WARNING_CLOCK_CORRECTED = 32
};
typedef struct spay_session_info
{
  int32_t provider;
  uint32_t warnings;
  const char *value;
  const char *id;
  int64_t expires_at_ms;
  const char *idempotency_key;
  const char *request_id;
  int32_t http_status;
  int32_t attempts;
  int32_t requests_sent;
  int32_t token_requests;
  int64_t elapsed_ms;
  const char *raw_json;
  size_t raw_json_length;
  int64_t clock_offset_ms;
  int32_t shared;
} spay_session_info;
int64_t spay_session_expires_in_ms(const spay_session_info *info, int64_t now_ms, int64_t margin_ms);
typedef struct spay_connect_server spay_connect_server;
enum
{
  SPAY_CONNECT_ENV_PRODUCTION_WORLD = 101,
  SPAY_CONNECT_ENV_PRODUCTION_EUROPE = 102,
  SPAY_CONNECT_ENV_PRODUCTION_INDIA = 103,
  SPAY_CONNECT_ENV_PREPROD_WORLD = 111,
  SPAY_CONNECT_ENV_PREPROD_EUROPE = 112,
  SPAY_CONNECT_ENV_PREPROD_INDIA = 113,
  SPAY_CONNECT_ENV_SANDBOX = 121
};
typedef struct spay_connect_server_options
{
  size_t struct_size;
  int32_t environment;
  const char *base_url;
  const char *merchant_id;
  const char *api_key_id;
  const char *secret_api_key;
  const char *integrator;
  const char *platform_identifier;
  const char *extension_creator;
  const char *extension_name;
  const char *extension_version;
  const char *extension_id;
  int32_t idempotence;
} spay_connect_server_options;
void spay_connect_server_options_init(void *options, size_t struct_size);
spay_status spay_connect_server_new(spay_client *client, const spay_connect_server_options *options, spay_connect_server **server, spay_error **error);
void spay_connect_server_free(spay_connect_server *server);
typedef struct spay_connect_server_filter
{
  size_t struct_size;
  const char * const *groups;
  size_t group_count;
  const int32_t *products;
  size_t product_count;
} spay_connect_server_filter;
void spay_connect_server_filter_init(void *filter, size_t struct_size);
typedef struct spay_connect_server_session_request
{
  size_t struct_size;
  const spay_connect_server_filter *exclude;
  const spay_connect_server_filter *restrict_to;
  const char * const *tokens;
  size_t token_count;
  const char *client_meta_info;
  const char *extra_json;
} spay_connect_server_session_request;
void spay_connect_server_session_request_init(void *request, size_t struct_size);
typedef struct spay_connect_server_session
{
  const spay_session_info *info;
  const char *client_session_id;
  const char *customer_id;
  const char *client_api_url;
  const char *asset_url;
  const char *region;
  const char * const *invalid_tokens;
  size_t invalid_token_count;
} spay_connect_server_session;
spay_status spay_connect_server_session_create(spay_connect_server *server, const spay_connect_server_session_request *request, const spay_call_options *options, spay_connect_server_session **session, spay_error **error);
spay_status spay_connect_server_session_call_new(spay_connect_server *server, const spay_connect_server_session_request *request, const spay_call_options *options, spay_call **call, spay_error **error);
spay_status spay_connect_server_session_from_call(spay_call *call, spay_connect_server_session **session, spay_error **error);
void spay_connect_server_session_free(spay_connect_server_session *session);
typedef struct spay_connect_client spay_connect_client;
enum
{
  SPAY_CONNECT_PRODUCT_APPLE_PAY = 302
};
typedef struct spay_connect_client_options
{
  size_t struct_size;
  int32_t environment;
  const char *client_session_id;
  const char *customer_id;
  const char *client_api_url;
  const char * const *allowed_hosts;
  size_t allowed_host_count;
  int32_t allow_apple_pods;
  const char *platform_identifier;
  const char *screen_size;
  const char *meta_info_json;
} spay_connect_client_options;
void spay_connect_client_options_init(void *options, size_t struct_size);
spay_status spay_connect_client_new(spay_client *client, const spay_connect_client_options *options, spay_connect_client **connect_client, spay_error **error);
spay_status spay_connect_client_from_session(spay_connect_server *server, const spay_connect_server_session *session, spay_connect_client **connect_client, spay_error **error);
void spay_connect_client_free(spay_connect_client *connect_client);
typedef struct spay_connect_client_session_request
{
  size_t struct_size;
  int32_t product_id;
  const char *display_name;
  const char *domain_name;
  const char *validation_url;
  const char *extra_json;
} spay_connect_client_session_request;
void spay_connect_client_session_request_init(void *request, size_t struct_size);
typedef struct spay_connect_client_session
{
  const spay_session_info *info;
  const char *session_object;
  size_t session_object_length;
  int32_t product_id;
} spay_connect_client_session;
spay_status spay_connect_client_session_create(spay_connect_client *connect_client, const spay_connect_client_session_request *request, const spay_call_options *options, spay_connect_client_session **session, spay_error **error);
spay_status spay_connect_client_session_call_new(spay_connect_client *connect_client, const spay_connect_client_session_request *request, const spay_call_options *options, spay_call **call, spay_error **error);
spay_status spay_connect_client_session_from_call(spay_call *call, spay_connect_client_session **session, spay_error **error);
void spay_connect_client_session_free(spay_connect_client_session *session);
spay_status spay_connect_apple_pay_session_create(spay_connect_server *server, const spay_connect_server_session_request *server_request, const spay_connect_client_session_request *request, const spay_call_options *options, spay_connect_server_session **server_session, spay_connect_client_session **session, spay_error **error);
spay_status spay_connect_apple_pay_session_call_new(spay_connect_server *server, const spay_connect_server_session_request *server_request, const spay_connect_client_session_request *request, const spay_call_options *options, spay_call **call, spay_error **error);
spay_status spay_connect_apple_pay_session_from_call(spay_call *call, spay_connect_server_session **server_session, spay_connect_client_session **session, spay_error **error);
typedef struct spay_hosted_fields spay_hosted_fields;
typedef struct spay_hosted_fields_options
{
  size_t struct_size;
  int32_t environment;
  const char *base_url;
  const char *identity_url;
  const char *api_key;
  const char *bearer_token;
} spay_hosted_fields_options;
void spay_hosted_fields_options_init(void *options, size_t struct_size);
spay_status spay_hosted_fields_new(spay_client *client, const spay_hosted_fields_options *options, spay_hosted_fields **hosted_fields, spay_error **error);
void spay_hosted_fields_free(spay_hosted_fields *hosted_fields);
spay_status spay_hosted_fields_set_bearer_token(spay_hosted_fields *hosted_fields, const char *bearer_token, spay_error **error);
typedef struct spay_hosted_fields_session_request
{
  size_t struct_size;
  const char *processing_terminal_id;
  const char *lib_version;
  const char *scenario;
  const char *secure_token_id;
  const char *extra_json;
} spay_hosted_fields_session_request;
void spay_hosted_fields_session_request_init(void *request, size_t struct_size);
typedef struct spay_hosted_fields_session
{
  const spay_session_info *info;
  const char *token;
  const char *processing_terminal_id;
  const char *expires_at;
  int64_t expires_at_ms;
} spay_hosted_fields_session;
spay_status spay_hosted_fields_session_create(spay_hosted_fields *hosted_fields, const spay_hosted_fields_session_request *request, const spay_call_options *options, spay_hosted_fields_session **session, spay_error **error);
spay_status spay_hosted_fields_session_call_new(spay_hosted_fields *hosted_fields, const spay_hosted_fields_session_request *request, const spay_call_options *options, spay_call **call, spay_error **error);
spay_status spay_hosted_fields_session_from_call(spay_call *call, spay_hosted_fields_session **session, spay_error **error);
void spay_hosted_fields_session_free(spay_hosted_fields_session *session);
typedef struct spay_mock spay_mock;
spay_status spay_mock_new(spay_mock **mock, spay_error **error);
void spay_mock_free(spay_mock *mock);
const spay_transport *spay_mock_transport(spay_mock *mock);
const spay_platform *spay_mock_platform(spay_mock *mock);
spay_status spay_mock_reply(spay_mock *mock, int32_t http_status, const char *headers, const void *body, size_t length);
spay_status spay_mock_fail(spay_mock *mock, spay_status status, int32_t sent);
void spay_mock_set_latency(spay_mock *mock, int64_t duration_ms);
void spay_mock_advance(spay_mock *mock, int64_t duration_ms);
void spay_mock_set_wall(spay_mock *mock, int64_t unix_ms);
int64_t spay_mock_now_ms(const spay_mock *mock);
size_t spay_mock_request_count(const spay_mock *mock);
const char *spay_mock_request_method(const spay_mock *mock, size_t index);
const char *spay_mock_request_url(const spay_mock *mock, size_t index);
const char *spay_mock_request_header(const spay_mock *mock, size_t index, const char *name);
const char *spay_mock_request_headers(const spay_mock *mock, size_t index);
const char *spay_mock_request_body(const spay_mock *mock, size_t index, size_t *length);
int64_t spay_mock_request_at_ms(const spay_mock *mock, size_t index);
typedef struct spay_multi spay_multi;
enum
{
  SPAY_SOCKET_READ = 1,
  SPAY_SOCKET_WRITE = 2,
  SPAY_SOCKET_ERROR = 4
};
typedef struct spay_multi_options
{
  size_t struct_size;
  int32_t max_connections;
  int32_t http2;
  int32_t max_requests;
  void (*watch)(void *ctx, int64_t socket, int32_t events);
  void (*wake_in)(void *ctx, int64_t delay_ms);
  void *loop_ctx;
  int32_t submit;
} spay_multi_options;
void spay_multi_options_init(void *options, size_t struct_size);
spay_status spay_multi_new(spay_client *client, const spay_multi_options *options, spay_multi **multi, spay_error **error);
void spay_multi_free(spay_multi *multi);
spay_status spay_multi_add(spay_multi *multi, spay_call *call, void (*done)(void *ctx, spay_call *call), void *ctx);
int64_t spay_multi_poll(spay_multi *multi, int64_t timeout_ms);
spay_status spay_multi_submit(spay_multi *multi, spay_call *call, void (*done)(void *ctx, spay_call *call), void *ctx);
spay_call *spay_multi_next(spay_multi *multi);
int64_t spay_multi_pending(const spay_multi *multi);
void spay_multi_wakeup(spay_multi *multi);
int64_t spay_multi_on_socket(spay_multi *multi, int64_t socket, int32_t events);
int64_t spay_multi_on_timer(spay_multi *multi);
const char *spay_version(void);
typedef struct spay_wepay spay_wepay;
typedef struct spay_wepay_options
{
  size_t struct_size;
  int32_t environment;
  const char *base_url;
  const char *app_id;
  const char *app_token;
  const char *api_version;
} spay_wepay_options;
void spay_wepay_options_init(void *options, size_t struct_size);
spay_status spay_wepay_new(spay_client *client, const spay_wepay_options *options, spay_wepay **wepay, spay_error **error);
void spay_wepay_free(spay_wepay *wepay);
typedef struct spay_wepay_session_request
{
  size_t struct_size;
  const char *type;
  const char *account_id;
  int64_t time_to_live;
  const char *risk_token;
  const char *client_ip;
  const char *extra_json;
} spay_wepay_session_request;
void spay_wepay_session_request_init(void *request, size_t struct_size);
enum
{
  SPAY_WEPAY_STATE_UNKNOWN = 0,
  SPAY_WEPAY_STATE_ACTIVE = 1,
  SPAY_WEPAY_STATE_DELETED = 2
};
enum
{
  SPAY_WEPAY_TYPE_UNKNOWN = 0,
  SPAY_WEPAY_TYPE_MOBILE_SESSION = 1
};
typedef struct spay_wepay_owner
{
  const char *id;
  const char *path;
  const char *resource;
} spay_wepay_owner;
typedef struct spay_wepay_mobile_session
{
  int64_t time_to_live;
  const char *account_id;
} spay_wepay_mobile_session;
typedef struct spay_wepay_session
{
  const spay_session_info *info;
  const char *id;
  const char *session_token;
  int64_t expire_time;
  int64_t create_time;
  const char *path;
  const char *resource;
  const spay_wepay_owner *owner;
  const char *api_version;
  int32_t state;
  int32_t type;
  const char *state_text;
  const char *type_text;
  const spay_wepay_mobile_session *mobile_session;
} spay_wepay_session;
spay_status spay_wepay_session_create(spay_wepay *wepay, const spay_wepay_session_request *request, const spay_call_options *options, spay_wepay_session **session, spay_error **error);
spay_status spay_wepay_session_call_new(spay_wepay *wepay, const spay_wepay_session_request *request, const spay_call_options *options, spay_call **call, spay_error **error);
spay_status spay_wepay_session_from_call(spay_call *call, spay_wepay_session **session, spay_error **error);
void spay_wepay_session_free(spay_wepay_session *session);
size_t spay_http_request_encode(const spay_http_request *request, void *buffer, size_t size);
enum
{
  SPAY_DECODE_MORE = 1,
  SPAY_DECODE_DONE = 2,
  SPAY_DECODE_KEEP = 3
};
int32_t spay_http_response_decode(spay_http_response *response, const void *data, size_t length);
int32_t spay_http_response_decode_end(spay_http_response *response);
