// A request as the mounts see it, and what they answer (vault/sdk/logical): HTTP is undone before and done
// after.
#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "emulator/base/time.hpp"
#include "emulator/world/task.hpp"

namespace squall::vault {

using Json = nlohmann::json;  // members sorted by name, as Go prints maps

enum class Operation { create, read, update, patch, remove, list, head };

struct TokenEntry;

struct Request {
  Operation operation = Operation::read;
  std::string path;             // whole: "secret/data/app"; of a list it ends in '/'
  std::string mount;            // "secret/"; set by the router
  Json data = Json::object();   // the body's members, and of a read the query's
  std::string id;               // a uuid, in the answer and in audit logs
  std::string remote_address;   // of the client
  std::int64_t wrap_ttl_s = 0;  // not 0: the answer is to be wrapped for that long
  std::string client_token;
  const TokenEntry* token = nullptr;  // null where none is needed
  bool body_given = false;

  bool writes() const { return operation == Operation::update || operation == Operation::create; }
  std::string relative() const { return path.substr(std::min(mount.size(), path.size())); }
};

// The "auth" member of a login's or a token's answer.
struct Auth {
  std::string client_token, accessor, entity_id;
  std::vector<std::string> policies;
  Json metadata;  // null or an object
  std::int64_t lease_seconds = 0;
  bool renewable = false, orphan = false;
  std::int64_t num_uses = 0;
  std::string token_type = "service";
};

// The token that stands for an answer (vault/sdk/helper/wrapping).
struct WrapInfo {
  std::string token, accessor, creation_path, wrapped_accessor;
  Time created;
  std::int64_t ttl_s = 0;
};

struct Answer {
  int status = 200;
  Json data;              // null: nothing, a 204 if there is no auth either
  std::string data_text;  // `data` as JSON text, where the order of members is not alphabetical
  std::optional<Auth> auth;
  std::optional<WrapInfo> wrap;
  std::string whole_text;  // the body as it goes out, where it is one that was kept
  std::vector<std::string> warnings;
  std::int64_t lease_seconds = 0;
  bool raw_empty = false;  // the status alone, without the {"errors":[]} of a plain 404

  bool empty() const { return data.is_null() && !auth && !wrap && warnings.empty(); }
};

// An answer that is an error: {"errors":[message]}, or {"errors":[]} when the message is empty.
struct LogicalError : std::runtime_error {
  LogicalError(int http_status, const std::string& message)
      : std::runtime_error(message), status(http_status) {}
  int status;
};

// Errors of several causes print so (go-multierror).
inline LogicalError one_error(int status, const std::string& message) {
  return {status, "1 error occurred:\n\t* " + message + "\n\n"};
}
inline LogicalError unsupported_operation() { return one_error(405, "unsupported operation"); }
inline LogicalError unsupported_path() { return one_error(404, "unsupported path"); }

}  // namespace squall::vault
