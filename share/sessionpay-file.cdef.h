/* Made by make api from the headers of libsessionpay. SPDX-License-Identifier: MIT */
typedef struct spay_file_options
{
  size_t struct_size;
  const char *directory;
} spay_file_options;
void spay_file_options_init(void *options, size_t struct_size);
spay_status spay_file_store_new(const spay_file_options *options, spay_store *store, spay_error **error);
