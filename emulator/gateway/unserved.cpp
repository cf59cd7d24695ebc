#include "emulator/gateway/unserved.hpp"

#include <nlohmann/json.hpp>

#include "emulator/wire/codec.hpp"
#include "emulator/wire/xml_writer.hpp"

namespace squall::gateway {
namespace {

enum class Form { json, error, error_response };

// Signing names of the services that speak REST and XML (botocore's rest-xml). S3 has no envelope.
Form form_of(const http::Request& request, std::string_view service) {
  if (service == "s3" || service == "s3express") return Form::error;
  if (service == "route53" || service == "cloudfront") return Form::error_response;
  const bool form = request.headers.get("Content-Type").starts_with("application/x-www-form-urlencoded");
  return form ? Form::error_response : Form::json;
}

std::string xml(Form form, const std::string& code, const std::string& message) {
  wire::XmlWriter writer;
  writer.declaration();
  if (form == Form::error_response) writer.open("ErrorResponse");
  writer.open("Error");
  writer.element("Code", code);
  writer.element("Message", message);
  writer.close("Error");
  if (form == Form::error_response) writer.close("ErrorResponse");
  return writer.take();
}

}  // namespace

http::Response unserved_service(const http::Request& request, const std::optional<CredentialScope>& scope,
                                std::span<const wire::Service* const> served) {
  const std::string name = scope ? scope->service : std::string{};
  std::string list;
  for (const wire::Service* service : served) list.append(list.empty() ? "" : ", ").append(service->name);
  const std::string code = name.empty() ? "UnknownService" : "NotImplemented";
  const std::string message =
      name.empty() ? "Squall cannot tell which service is meant by " + request.method + " " +
                         std::string(request.path()) + ". It serves " + list +
                         "; a request names one by its signature, Host, X-Amz-Target or Action and Version."
                   : "Squall does not serve " + name + ". It serves " + list + ".";
  const int status = name.empty() ? 404 : 501;
  if (const Form form = form_of(request, name); form != Form::json)
    return http::Response::text(status, xml(form, code, message), "text/xml");
  const wire::Value body = {{"__type", code}, {"message", message}};
  return http::Response::text(status, body.dump(-1, ' ', false, wire::Value::error_handler_t::replace),
                              "application/json");
}

}  // namespace squall::gateway
