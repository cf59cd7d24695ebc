// One codec per AWS protocol, in both directions: what a server reads and writes, and what a client does.
// Each walks the schema (schema.hpp) and passes Value trees (value.hpp), so that neither knows any service.
//
// The rules are botocore's serializers and parsers (botocore/serialize.py, botocore/parsers.py, which every
// AWS SDK agrees with) and https://smithy.io/2.0/aws/protocols/.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "emulator/base/aws_error.hpp"
#include "emulator/http/message.hpp"
#include "emulator/wire/schema.hpp"

namespace squall::wire {

using Value = nlohmann::json;

class Codec {
 public:
  virtual ~Codec() = default;

  // --- server ---
  // The input tree, of the declared kinds throughout, unknown members left out; not yet validated. Throws
  // AwsError for what cannot be read (SerializationException, MalformedQueryString, UnknownParameter...).
  virtual Value decode_request(const Service& service, const Operation& operation,
                               const http::Request& request) const = 0;
  // 200 with body, Content-Type and request id. Members that are absent, null or unknown to the schema are
  // not sent.
  virtual http::Response encode_response(const Service& service, const Operation& operation,
                                         const Value& output, const std::string& request_id) const = 0;
  virtual http::Response encode_error(const Service& service, const base::AwsError& error,
                                      const std::string& request_id) const = 0;

  // --- client ---
  // Method, target, Content-Type, X-Amz-Target and body; Host, User-Agent and signature are the caller's.
  // `input` has the declared kinds (blobs raw, timestamps in nanoseconds).
  virtual http::Request encode_request(const Service& service, const Operation& operation,
                                       const Value& input) const = 0;
  // The output tree; throws the decoded AwsError for a status of 300 and more, and std::runtime_error for a
  // body that cannot be read.
  virtual Value decode_response(const Service& service, const Operation& operation,
                                const http::Response& response) const = 0;
  virtual base::AwsError decode_error(const http::Response& response) const = 0;
};

// The codec of json, query and ec2; throws std::logic_error for the REST protocols, which have none here.
const Codec& codec(Protocol protocol);

// How deep an input may nest; deeper ones are refused before anything recurses.
constexpr int max_depth = 64;

}  // namespace squall::wire
