// How the two query protocols spell a parameter: the rules that decoder and encoder must share.
// query: "Tags.member.1.Key" (https://smithy.io/2.0/aws/protocols/aws-query-protocol.html);
// ec2: "TagSpecification.1.Tag.1.Key" (https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html).
#pragma once
#include <string>
#include <string_view>

#include "emulator/wire/schema.hpp"

namespace squall::wire {

class QueryNames {
 public:
  explicit QueryNames(Protocol protocol) : ec2_(protocol == Protocol::ec2) {}

  // The name of a structure's member: EC2's is its queryName, else its locationName with a capital, else its
  // own.
  std::string member(const Member& member) const {
    if (ec2_ && !member.query_name.empty()) return std::string(member.query_name);
    std::string name(member.location_name.empty() ? member.name : member.location_name);
    if (ec2_ && !member.location_name.empty() && name[0] >= 'a' && name[0] <= 'z')
      name[0] = static_cast<char>(name[0] - 'a' + 'A');
    return name;
  }

  // What the numbers of a list's items follow, given the list's own prefix. EC2 numbers the prefix itself;
  // query puts the element's name between, or in place of the last part where the list is flattened.
  std::string items(const Shape& list, const std::string& prefix) const {
    if (ec2_) return prefix;
    if (!list.flattened)
      return prefix + "." + std::string(list.element_name.empty() ? "member" : list.element_name);
    if (list.element_name.empty()) return prefix;
    std::size_t dot = prefix.rfind('.');
    return (dot == std::string::npos ? "" : prefix.substr(0, dot + 1)) + std::string(list.element_name);
  }

  // The same for the entries of a map, each of which has a key and a value.
  std::string entries(const Shape& map, const std::string& prefix) const {
    return map.flattened ? prefix : prefix + ".entry";
  }
  static std::string key(const Shape& map) {
    return std::string(map.key_name.empty() ? "key" : map.key_name);
  }
  static std::string value(const Shape& map) {
    return std::string(map.element_name.empty() ? "value" : map.element_name);
  }

 private:
  bool ec2_;
};

}  // namespace squall::wire
