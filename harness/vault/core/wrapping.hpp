// Response wrapping (vault/wrapping.go): an answer is kept in the cubbyhole of a token made for it, which can
// be used once; the token goes out in its place.
#pragma once
#include "harness/vault/logical/request.hpp"

namespace squall::vault {

class Core;

class Wrapping {
 public:
  explicit Wrapping(Core& core) : core_(core) {}
  // What goes out instead of the answer. The caller holds the state lock, as of all here.
  world::Task<Answer> wrap(Request request, Answer answer);
  // sys/wrapping/wrap, lookup, unwrap and rewrap.
  world::Task<Answer> handle(Request request, std::string operation);
  // Throws LogicalError 400 for a path of the last three unless its token is a wrapping token.
  world::Task<> check_token(const Request& request);

 private:
  struct Kept {
    std::string answer, creation_path;
    std::int64_t ttl_s = 0;
    Time created;
  };
  world::Task<Kept> kept(std::string token);
  world::Task<Answer> keep(Kept kept);

  Core& core_;
};

}  // namespace squall::vault
