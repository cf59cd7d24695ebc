#include "emulator/wire/query_codec.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "emulator/wire/form.hpp"
#include "emulator/wire/query_reader.hpp"
#include "emulator/wire/query_writer.hpp"
#include "emulator/wire/xml_reader.hpp"

namespace squall::wire {
namespace {

// What the query string of a signed URL carries beside the operation's parameters.
constexpr const char* envelope_parameters[] = {
    "Action",          "Version",          "AWSAccessKeyId",      "Signature",
    "SignatureMethod", "SignatureVersion", "Timestamp",           "Expires",
    "SecurityToken",   "X-Amz-Algorithm",  "X-Amz-Credential",    "X-Amz-Date",
    "X-Amz-Expires",   "X-Amz-Signature",  "X-Amz-SignedHeaders", "X-Amz-Security-Token",
    "X-Amz-User-Agent"};

http::Response respond(int status, const std::string& request_id, std::string body) {
  http::Response response{.status = status, .headers = {}, .body = std::move(body), .reason = {}};
  response.headers.add("x-amzn-RequestId", request_id);
  response.headers.add("Content-Type", "text/xml;charset=UTF-8");
  return response;
}

base::AwsError error_from(const http::Response& response, const char* code_path, const char* list) {
  try {
    XmlDocument document(response.body);
    std::string code = list ? document.text({list, code_path, "Code"}) : document.text({code_path, "Code"});
    std::string message =
        list ? document.text({list, code_path, "Message"}) : document.text({code_path, "Message"});
    if (!code.empty()) return {code, response.status, message};
  } catch (const std::runtime_error&) {
    // Something other than the service answered: the status says all there is.
  }
  return {std::to_string(response.status), response.status, ""};
}

}  // namespace

Value FormCodec::decode_request(const Service&, const Operation& operation,
                                const http::Request& request) const {
  Form form(request);
  if (auto bad = form.bad_name_character())
    throw base::AwsError("MalformedQueryString", 404, std::string("Keys may not contain ") + *bad);
  static constexpr Shape nothing{.name = "", .kind = Kind::structure};
  Value input = read_query(protocol_, operation.input ? *operation.input : nothing, form);
  // EC2 refuses what it does not know, the query services ignore it.
  if (protocol_ == Protocol::ec2) {
    for (const char* name : envelope_parameters) form.read(name);
    if (std::string_view name = form.first_unread(); !name.empty()) throw unknown_parameter(name);
  }
  return input;
}

http::Request FormCodec::encode_request(const Service& service, const Operation& operation,
                                        const Value& input) const {
  http::Request request{.method = "POST", .target = "/", .headers = {}, .body = {}, .peer_address = {}};
  request.headers.add("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
  request.body = "Action=" + std::string(operation.name) + "&Version=" + std::string(service.api_version);
  if (operation.input) write_query(protocol_, request.body, *operation.input, input);
  return request;
}

Value FormCodec::decode_response(const Service&, const Operation& operation,
                                 const http::Response& response) const {
  if (response.status >= 300) throw decode_error(response);
  if (!operation.output) return Value::object();
  return XmlDocument(response.body).read(*operation.output, operation.result_wrapper);
}

http::Response QueryCodec::encode_response(const Service& service, const Operation& operation,
                                           const Value& output, const std::string& request_id) const {
  XmlWriter xml;
  std::string name = std::string(operation.name) + "Response";
  xml.open(name, service.xml_namespace);
  if (operation.output) {
    if (!operation.result_wrapper.empty()) xml.open(operation.result_wrapper);
    XmlShapeWriter(protocol_, xml).members(*operation.output, output);
    if (!operation.result_wrapper.empty()) xml.close(operation.result_wrapper);
  }
  xml.open("ResponseMetadata");
  xml.element("RequestId", request_id);
  xml.close("ResponseMetadata");
  xml.close(name);
  return respond(200, request_id, xml.take());
}

http::Response QueryCodec::encode_error(const Service& service, const base::AwsError& error,
                                        const std::string& request_id) const {
  XmlWriter xml;
  xml.open("ErrorResponse", service.xml_namespace);
  xml.open("Error");
  xml.element("Type", error.fault == base::Fault::receiver ? "Receiver" : "Sender");
  xml.element("Code", error.code);
  xml.element("Message", error.what());
  for (const auto& [name, text] : error.extra) xml.element(name, text);
  xml.close("Error");
  xml.element("RequestId", request_id);
  xml.close("ErrorResponse");
  return respond(error.status, request_id, xml.take());
}

base::AwsError QueryCodec::decode_error(const http::Response& response) const {
  return error_from(response, "Error", nullptr);
}

http::Response Ec2Codec::encode_response(const Service& service, const Operation& operation,
                                         const Value& output, const std::string& request_id) const {
  XmlWriter xml;
  std::string name = std::string(operation.name) + "Response";
  std::string xml_namespace(service.xml_namespace);
  if (!xml_namespace.ends_with('/')) xml_namespace += '/';
  xml.declaration();
  xml.open(name, xml_namespace);
  xml.element("requestId", request_id);
  if (operation.output) {
    XmlShapeWriter(protocol_, xml).members(*operation.output, output);
  } else {
    xml.element("return", "true");
  }
  xml.close(name);
  return respond(200, request_id, xml.take());
}

http::Response Ec2Codec::encode_error(const Service&, const base::AwsError& error,
                                      const std::string& request_id) const {
  XmlWriter xml;
  xml.declaration();
  xml.open("Response");
  xml.open("Errors");
  xml.open("Error");
  xml.element("Code", error.code);
  xml.element("Message", error.what());
  xml.close("Error");
  xml.close("Errors");
  xml.element("RequestID", request_id);
  xml.close("Response");
  return respond(error.status, request_id, xml.take());
}

base::AwsError Ec2Codec::decode_error(const http::Response& response) const {
  return error_from(response, "Error", "Errors");
}

}  // namespace squall::wire
