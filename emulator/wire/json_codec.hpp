// AWS JSON 1.0 and 1.1 (https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html): the operation stands
// in X-Amz-Target, input and output are JSON objects, an error names its shape in __type.
#pragma once
#include "emulator/wire/codec.hpp"

namespace squall::wire {

class JsonCodec final : public Codec {
 public:
  Value decode_request(const Service&, const Operation&, const http::Request&) const override;
  http::Response encode_response(const Service&, const Operation&, const Value&,
                                 const std::string&) const override;
  http::Response encode_error(const Service&, const base::AwsError&, const std::string&) const override;
  http::Request encode_request(const Service&, const Operation&, const Value&) const override;
  Value decode_response(const Service&, const Operation&, const http::Response&) const override;
  base::AwsError decode_error(const http::Response&) const override;
};

}  // namespace squall::wire
