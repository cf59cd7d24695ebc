// The AWS query protocol and EC2's dialect of it: parameters in, XML out.
// https://smithy.io/2.0/aws/protocols/aws-query-protocol.html, .../aws-ec2-query-protocol.html
#pragma once
#include "emulator/wire/codec.hpp"
#include "emulator/wire/xml_writer.hpp"

namespace squall::wire {

// What both share; the two differ in how an answer is wrapped, an error spelt and a stray parameter met.
class FormCodec : public Codec {
 public:
  explicit FormCodec(Protocol protocol) : protocol_(protocol) {}
  Value decode_request(const Service&, const Operation&, const http::Request&) const override;
  http::Request encode_request(const Service&, const Operation&, const Value&) const override;
  Value decode_response(const Service&, const Operation&, const http::Response&) const override;

 protected:
  Protocol protocol_;
};

class QueryCodec final : public FormCodec {
 public:
  QueryCodec() : FormCodec(Protocol::query) {}
  http::Response encode_response(const Service&, const Operation&, const Value&,
                                 const std::string&) const override;
  http::Response encode_error(const Service&, const base::AwsError&, const std::string&) const override;
  base::AwsError decode_error(const http::Response&) const override;
};

class Ec2Codec final : public FormCodec {
 public:
  Ec2Codec() : FormCodec(Protocol::ec2) {}
  http::Response encode_response(const Service&, const Operation&, const Value&,
                                 const std::string&) const override;
  http::Response encode_error(const Service&, const base::AwsError&, const std::string&) const override;
  base::AwsError decode_error(const http::Response&) const override;
};

}  // namespace squall::wire
