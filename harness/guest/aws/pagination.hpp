// Operations that answer in pages: the CLI follows them to the end, or to --max-items.
#pragma once
#include <vector>

#include "harness/guest/aws/client.hpp"

namespace squall::guest::aws {

struct Paging {
  std::optional<std::string> starting_token;
  std::optional<std::int64_t> page_size, max_items;
};

struct Pages {
  std::vector<Json> pages;
  std::string resume_token;  // for --starting-token; empty at the end

  // All result keys of all pages in one, with NextToken.
  Json merged(const wire::Pagination& pagination) const;
};

// Throws as Client::call does.
world::Task<Pages> call_pages(Client& client, const wire::Operation& operation, Json parameters,
                              Paging paging);

}  // namespace squall::guest::aws
