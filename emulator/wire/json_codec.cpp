#include "emulator/wire/json_codec.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "emulator/wire/json_reader.hpp"
#include "emulator/wire/json_writer.hpp"

namespace squall::wire {
namespace {

std::string content_type(const Service& service) {
  return "application/x-amz-json-" + std::string(service.json_version);
}

http::Response respond(const Service& service, int status, const std::string& request_id, std::string body) {
  http::Response response{.status = status, .headers = {}, .body = std::move(body), .reason = {}};
  response.headers.add("x-amzn-RequestId", request_id);
  response.headers.add("Content-Type", content_type(service));
  return response;
}

// What a client's parser takes for the code: the shape's name without namespace ("ns#Name") and without the
// URL that some services append ("Name:http://...").
std::string bare_code(std::string_view type) {
  type = type.substr(0, type.find(':'));
  std::size_t hash = type.find('#');
  return std::string(hash == std::string_view::npos ? type : type.substr(hash + 1));
}

}  // namespace

Value JsonCodec::decode_request(const Service&, const Operation& operation,
                                const http::Request& request) const {
  static constexpr Shape nothing{.name = "", .kind = Kind::structure};
  return read_json(operation.input ? *operation.input : nothing, request.body);
}

http::Response JsonCodec::encode_response(const Service& service, const Operation& operation,
                                          const Value& output, const std::string& request_id) const {
  std::string body;
  if (operation.output) write_json(body, *operation.output, output);
  return respond(service, 200, request_id, std::move(body));
}

// {"__type":"NotFoundException","message":"..."}; without a text, AWS leaves the message out.
http::Response JsonCodec::encode_error(const Service& service, const base::AwsError& error,
                                       const std::string& request_id) const {
  std::string body = "{\"__type\":";
  write_json_string(body, error.code);
  std::string_view message = error.what();
  if (!message.empty()) {
    // Coral's own failures spell it with a capital, the services' modelled errors without.
    body += error.code == "AccessDeniedException" || error.code == "SerializationException" ? ",\"Message\":"
                                                                                            : ",\"message\":";
    write_json_string(body, message);
  }
  for (const auto& [name, text] : error.extra) {
    body += ',';
    write_json_string(body, name);
    body += ':';
    write_json_string(body, text);
  }
  body += '}';
  return respond(service, error.status, request_id, std::move(body));
}

http::Request JsonCodec::encode_request(const Service& service, const Operation& operation,
                                        const Value& input) const {
  http::Request request{.method = "POST", .target = "/", .headers = {}, .body = {}, .peer_address = {}};
  request.headers.add("X-Amz-Target", std::string(service.target_prefix) + "." + std::string(operation.name));
  request.headers.add("Content-Type", content_type(service));
  if (operation.input) {
    write_json(request.body, *operation.input, input);
  } else {
    request.body = "{}";
  }
  return request;
}

Value JsonCodec::decode_response(const Service&, const Operation& operation,
                                 const http::Response& response) const {
  if (response.status >= 300) throw decode_error(response);
  if (!operation.output) return Value::object();
  try {
    return read_json(*operation.output, response.body);
  } catch (const base::AwsError& error) {
    throw std::runtime_error(std::string("the answer cannot be read: ") + error.what());
  }
}

// As botocore's BaseJSONParser: code from __type or code, message from message or Message.
base::AwsError JsonCodec::decode_error(const http::Response& response) const {
  Value body = nests_deeper(response.body, max_depth) ? Value() : Value::parse(response.body, nullptr, false);
  if (!body.is_object()) return {std::to_string(response.status), response.status, ""};
  auto text = [&](const char* name) {
    auto it = body.find(name);
    return it != body.end() && it->is_string() ? it->get<std::string>() : std::string();
  };
  std::string code = bare_code(text("__type").empty() ? text("code") : text("__type"));
  if (code.empty()) code = std::to_string(response.status);
  base::AwsError error(code, response.status, text("message").empty() ? text("Message") : text("message"));
  for (const auto& [name, value] : body.items()) {
    if (name != "__type" && name != "code" && name != "message" && name != "Message" && value.is_string())
      error.extra[name] = value.get<std::string>();
  }
  return error;
}

}  // namespace squall::wire
