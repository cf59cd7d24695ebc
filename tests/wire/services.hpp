// The services by name, for tests that read names from files.
#pragma once
#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "emulator/base/encoding.hpp"
#include "squall/api/ec2.hpp"
#include "squall/api/iam.hpp"
#include "squall/api/kms.hpp"
#include "squall/api/ssm.hpp"
#include "squall/api/sts.hpp"

namespace squall::wire::test {

inline const Service& service_named(const std::string& name) {
  for (const Service* service : {&api::kms::service(), &api::ssm::service(), &api::sts::service(),
                                 &api::iam::service(), &api::ec2::service()})
    if (service->name == name) return *service;
  throw std::invalid_argument("no service " + name);
}

inline const Operation& operation_named(const std::string& service, const std::string& name) {
  const Operation* operation = service_named(service).find(name);
  if (operation == nullptr) throw std::invalid_argument("no operation " + service + ":" + name);
  return *operation;
}

// A tree from a JSON file, where blobs are base64 and times epoch seconds.
inline nlohmann::json typed(const Shape& shape, nlohmann::json value) {
  switch (shape.kind) {
    case Kind::structure:
      for (const Member& member : shape.members)
        if (value.contains(member.name))
          value[std::string(member.name)] = typed(*member.shape, value[std::string(member.name)]);
      return value;
    case Kind::list:
    case Kind::map:
      for (auto& item : value) item = typed(*shape.element, item);
      return value;
    case Kind::blob:
      return base::base64_decode(value.get<std::string>()).value();
    case Kind::timestamp:
      return std::llround(value.get<double>() * 1000) * 1'000'000;
    default:
      return value;
  }
}

}  // namespace squall::wire::test
