// What the codecs walk: the interface facts of each operation, generated from api/<service>.json as constant
// data. One Value tree per request and response passes between codec and operation; its keys are the members'
// names in the model ("KeyId"), whatever their names on the wire.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace squall::wire {

// How a shape stands in a Value: structure and map are objects, list is an array, string a string, integer
// and long are integers, boolean a boolean, float and double numbers; blob is a string of the raw bytes,
// timestamp an integer of nanoseconds since 1970 (squall::Time).
enum class Kind : std::uint8_t {
  structure,
  list,
  map,
  string,
  integer,
  long_,
  boolean,
  float_,
  double_,
  timestamp,
  blob
};

enum class Location : std::uint8_t { body, header, headers, uri, query_string, status_code };

struct Shape;

struct Member {
  std::string_view name;
  const Shape* shape;
  bool required = false;
  std::string_view location_name;  // empty: as `name`
  std::string_view query_name;     // EC2 query requests; empty: location_name with a capital, else name
  Location location = Location::body;
  bool flattened = false;
  bool idempotency_token = false;
  std::string_view timestamp_format;  // empty: the protocol's own
};

struct Shape {
  std::string_view name;
  Kind kind;
  std::span<const Member> members{};  // of a structure, in the model's order
  const Shape* element = nullptr;     // of a list: its member; of a map: its value
  const Shape* key = nullptr;         // of a map
  std::string_view element_name{};    // locationName of a list's member or a map's value
  std::string_view key_name{};        // locationName of a map's key
  bool flattened = false;
  bool sensitive = false;
  std::optional<std::int64_t> min{}, max{};    // of a length, a count or a number
  std::string_view pattern{};                  // of a string
  std::span<const std::string_view> values{};  // of an enum
  // Of an error: what is on the wire, and its HTTP status; 0 where the model has none (400 for a sender's
  // fault).
  bool is_error = false;
  std::string_view error_code{};
  int error_status = 0;
  std::string_view timestamp_format{};

  const Member* find(std::string_view member_name) const {
    for (const Member& member : members)
      if (member.name == member_name) return &member;
    return nullptr;
  }
};

// A list operation's pages (botocore's paginators): where the token goes in and comes out, what is gathered.
struct Pagination {
  std::span<const std::string_view> input_tokens, output_tokens, result_keys;
  std::string_view limit_key, more_results;
};

struct Operation {
  std::string_view name;
  const Shape* input = nullptr;   // null: takes nothing
  const Shape* output = nullptr;  // null: answers nothing
  std::string_view result_wrapper{};
  std::string_view http_method = "POST", http_uri = "/";
  std::span<const Shape* const> errors{};
  // Members that AWS knows and Squall refuses by name, by their path ("CpuOptions", "Placement.HostId"; lists
  // are passed through); see operations.json.
  std::span<const std::string_view> refused{};
  bool unsigned_allowed = false;  // AWS takes it without a signature (authtype none)
  const Pagination* pagination = nullptr;

  const Member* find(std::string_view member) const { return input ? input->find(member) : nullptr; }
};

struct WaiterAcceptor {
  std::string_view matcher;   // "path", "pathAll", "pathAny", "status", "error"
  std::string_view argument;  // a JMESPath expression, for the path matchers
  std::string_view expected;  // as JSON: "\"running\"", "200", "true"
  std::string_view state;     // "success", "failure", "retry"
};

struct Waiter {
  std::string_view name;  // "InstanceRunning"
  std::string_view operation;
  int delay_s, max_attempts;
  std::span<const WaiterAcceptor> acceptors;
};

enum class Protocol : std::uint8_t { json, query, ec2, rest_json, rest_xml };

struct Service {
  std::string_view name;          // as the AWS CLI calls it: "kms"
  std::string_view service_id;    // "KMS"
  std::string_view signing_name;  // credential scope and host prefix: "kms"
  std::string_view endpoint_prefix;
  bool global = false;  // one endpoint for all regions (iam)
  Protocol protocol;
  std::string_view json_version;   // "1.0", "1.1"
  std::string_view target_prefix;  // X-Amz-Target before the dot: "TrentService"
  std::string_view api_version;    // Version parameter of the query protocols
  std::string_view xml_namespace;
  std::span<const Operation> operations;
  std::span<const std::string_view> unserved = {};  // AWS has them, Squall does not; sorted
  std::span<const Waiter> waiters = {};

  const Operation* find(std::string_view operation) const {
    for (const Operation& candidate : operations)
      if (candidate.name == operation) return &candidate;
    return nullptr;
  }
};

}  // namespace squall::wire
