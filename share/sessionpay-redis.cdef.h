/* Made by make api from the headers of libsessionpay. SPDX-License-Identifier: MIT */
typedef struct spay_redis_options
{
  size_t struct_size;
  const char *url;
  const char *key_prefix;
  const char *ca_file;
  int32_t connect_timeout_ms;
  int32_t command_timeout_ms;
  void (*log)(void *ctx, const char *line);
  void *log_ctx;
} spay_redis_options;
void spay_redis_options_init(void *options, size_t struct_size);
spay_status spay_redis_store_new(const spay_redis_options *options, spay_store *store, spay_error **error);
