#include "emulator/gateway/gateway.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "emulator/gateway/errors.hpp"
#include "emulator/gateway/router.hpp"
#include "emulator/gateway/unserved.hpp"
#include "emulator/wire/codec.hpp"
#include "emulator/wire/mask.hpp"
#include "emulator/wire/validate.hpp"

namespace squall::gateway {
namespace {

using wire::Operation;
using wire::Service;
using wire::Value;

struct Served {
  const Service* service;
  Dispatch dispatch;
  Authorizations authorizations;
};

// A request on its way: what each step has found out, and what the journal will keep.
struct Passage {
  const http::Request& request;
  const Served* served = nullptr;
  const Operation* operation = nullptr;
  std::string version;
  std::string host_region;
  wire::RequestContext context;
  Value input;
  Answer answer;
  std::string error_code, error_message;
};

// Thrown by a step when a fault rule says that nothing is to come back.
struct Hang {};

// Whether `input`, or any element of a list in it, has a value where the path leads ("Placement.HostId").
bool carries(const Value& input, std::string_view path) {
  if (input.is_array())
    return std::any_of(input.begin(), input.end(), [&](const Value& each) { return carries(each, path); });
  if (path.empty()) return !input.is_null();
  if (!input.is_object()) return false;
  const std::size_t dot = path.find('.');
  auto member = input.find(path.substr(0, dot));
  return member != input.end() && carries(*member, dot == path.npos ? "" : path.substr(dot + 1));
}

}  // namespace

struct Gateway::Impl {
  world::Scheduler& scheduler;
  world::Entropy& entropy;
  auth::Authenticator* authenticator;
  auth::Authorizer* authorizer;
  GatewayOptions options;
  std::vector<const Service*> services;
  std::vector<Served> served;  // at the same index
  wire::Validator validator;
  FaultRules faults;
  Journal journal;
  std::uint64_t internal_failures = 0;
  std::string date;  // of `date_second`, since a clock that stands still is read often
  std::int64_t date_second = -1;

  // --- the path, in its order ---
  void pass(Passage& p) {
    find_operation(p);
    authenticate(p);
    admit(p);
    decode(p);
    authorize(p);
    validate(p);
    call(p);
  }

  bool find_service(Passage& p) {
    auto scope = CredentialScope::of(p.request);
    auto route = find_route(services, p.request, scope);
    if (!route) return false;
    for (const Served& candidate : served)
      if (candidate.service == route->service) p.served = &candidate;
    p.version = std::move(route->version);
    p.host_region = std::move(route->host_region);
    p.context.service = route->service->name;
    p.context.operation = std::move(route->operation);
    p.context.region = scope && !scope->region.empty() ? scope->region
                       : p.host_region.empty()         ? options.region
                                                       : p.host_region;
    p.context.now = scheduler.now();
    p.context.source_ip = p.request.peer_address;
    p.context.user_agent = p.request.headers.get("User-Agent");
    p.context.secure_transport = options.secure_transport;
    p.context.principal.account = options.account;
    return true;
  }

  static void find_operation(Passage& p) {
    const Service& service = *p.served->service;
    bool form = service.protocol != wire::Protocol::json;
    if (p.request.method != "POST" && !(form && p.request.method == "GET")) throw wrong_method();
    if (form && p.context.operation.empty()) throw missing_action(service.protocol);
    p.operation = service.find(p.context.operation);
    if (p.operation == nullptr || (form && p.version != service.api_version))
      throw unknown_operation(service, p.context.operation, p.version);
  }

  void authenticate(Passage& p) {
    if (authenticator == nullptr) {
      p.context.principal.arn = "arn:aws:iam::" + options.account + ":root";
      p.context.principal.user_id = options.account;
      return;
    }
    auth::Identity identity = authenticator->authenticate(
        p.request, {*p.served->service, p.host_region, p.context.now, p.operation->unsigned_allowed});
    p.context.principal = std::move(identity.principal);
    p.context.source_instance = std::move(identity.source_instance);
    if (!identity.region.empty()) p.context.region = std::move(identity.region);
  }

  void admit(Passage& p) {
    const FaultRule* rule = faults.match(p.context);
    if (rule == nullptr) return;
    if (const auto* failure = std::get_if<FailWith>(&rule->effect))
      throw base::AwsError(failure->code, failure->status, failure->message);
    if (const auto* late = std::get_if<AnswerLate>(&rule->effect)) {
      p.answer.delay = late->delay;
      return;
    }
    throw Hang{};
  }

  static void decode(Passage& p) {
    const Service& service = *p.served->service;
    p.input = wire::codec(service.protocol).decode_request(service, *p.operation, p.request);
    for (std::string_view member : p.operation->refused)
      if (carries(p.input, member)) throw refused_member(service, p.operation->name, member);
  }

  void authorize(Passage& p) const {
    if (authorizer == nullptr) return;
    std::vector<auth::Authorization> wanted;
    if (p.served->authorizations) {
      wanted = p.served->authorizations(p.context, *p.operation, p.input);
    } else {
      wanted.push_back({.action = p.context.service + ":" + p.context.operation});
    }
    for (const auth::Authorization& one : wanted)
      if (auto denial = authorizer->denial(p.context, one))
        throw access_denied(p.served->service->protocol, *denial);
  }

  void validate(Passage& p) { validator.check(*p.served->service, *p.operation, p.input); }

  void call(Passage& p) const {
    const Service& service = *p.served->service;
    Value output = p.served->dispatch(p.context, *p.operation, p.input);
    p.answer.response =
        wire::codec(service.protocol).encode_response(service, *p.operation, output, p.context.request_id);
  }

  // --- around it ---
  void fail(Passage& p, const base::AwsError& error) const {
    const Service& service = *p.served->service;
    p.error_code = error.code;
    p.error_message = error.what();
    p.answer.response = wire::codec(service.protocol).encode_error(service, error, p.context.request_id);
  }

  void fail_internally(Passage& p, const char* what) {
    ++internal_failures;
    fail(p, internal_failure());
    p.error_message = what;
  }

  void record(Passage& p) {
    Call call{.time = p.context.now, .request_id = p.context.request_id};
    call.principal_arn = std::move(p.context.principal.arn);
    call.access_key_id = std::move(p.context.principal.access_key_id);
    call.source_ip = std::move(p.context.source_ip);
    call.source_instance = std::move(p.context.source_instance);
    call.region = std::move(p.context.region);
    call.service = std::move(p.context.service);
    call.operation = std::move(p.context.operation);
    if (p.operation != nullptr && p.operation->input != nullptr)
      wire::mask_sensitive(*p.operation->input, p.input);
    call.input = std::make_shared<const Value>(std::move(p.input));
    call.status = p.answer.response ? p.answer.response->status : 0;
    call.error_code = std::move(p.error_code);
    call.error_message = std::move(p.error_message);
    journal.append(std::move(call));
  }

  const std::string& date_header() {
    Time now = scheduler.now();
    if (base::unix_seconds(now) != date_second) {
      date_second = base::unix_seconds(now);
      date = base::http_date(now);
    }
    return date;
  }

  http::Response health() const {
    Value body = {{"status", "ok"}, {"services", Value::array()}};
    for (const Service* service : services) body["services"].push_back(service->name);
    return http::Response::text(200, body.dump(), "application/json");
  }
};

Gateway::Gateway(world::Scheduler& scheduler, world::Entropy& entropy, auth::Authenticator* authenticator,
                 auth::Authorizer* authorizer, GatewayOptions options)
    : impl_(new Impl{.scheduler = scheduler,
                     .entropy = entropy,
                     .authenticator = authenticator,
                     .authorizer = authorizer,
                     .options = options,
                     .journal = Journal(options.journal_capacity)}) {}

Gateway::~Gateway() = default;

void Gateway::add(const Service& service, Dispatch dispatch, Authorizations authorizations) {
  impl_->services.push_back(&service);
  impl_->served.push_back({&service, std::move(dispatch), std::move(authorizations)});
}

Answer Gateway::handle(const http::Request& request) {
  Impl& impl = *impl_;
  if (request.path() == "/_squall/health") return {.response = impl.health()};
  Passage p{.request = request};
  if (!impl.find_service(p))
    return {.response = unserved_service(request, CredentialScope::of(request), impl.services)};
  p.context.request_id = impl.entropy.uuid();
  try {
    impl.pass(p);
  } catch (const Hang&) {
    p.answer.response.reset();
  } catch (const base::AwsError& error) {
    impl.fail(p, error);
  } catch (const std::exception& error) {
    impl.fail_internally(p, error.what());
  }
  if (p.answer.response) p.answer.response->headers.add("Date", impl.date_header());
  impl.record(p);
  return std::move(p.answer);
}

FaultRules& Gateway::faults() { return impl_->faults; }
Journal& Gateway::journal() { return impl_->journal; }
std::uint64_t Gateway::internal_failures() const { return impl_->internal_failures; }

}  // namespace squall::gateway
