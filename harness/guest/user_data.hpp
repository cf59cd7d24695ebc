// User data as cloud-init takes it apart: plain or gzip, one part or MIME multipart (nested too), each
// part known by its content type or by its first line (cloudinit.readthedocs.io, "User data formats").
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace squall::guest {

// A template is one of the others once it is rendered.
enum class PartKind { script, cloud_config, boothook, include, jinja, not_served };

struct UserDataPart {
  PartKind kind = PartKind::not_served;
  std::string name;  // the attachment's file name, or "part-001"
  std::string body;
  std::string type;        // as found: "text/x-shellscript"
  bool numbered = false;   // the name was made from its place
  std::string merge_type;  // of a cloud-config: header Merge-Type, or X-Merge-Type
};
// What a part is by its content type and its first line.
PartKind kind_of_part(const std::string& type, const std::string& body);
// A kind of part that cloud-init has and guests have not: "cloud-config-archive"; empty: none of these.
std::string unserved_handler(const std::string& type, const std::string& body);
// "part-001"
std::string part_name(std::size_t number);

// Never throws: what cannot be read comes out as parts that are not served, with what they are.
std::vector<UserDataPart> parse_user_data(std::string_view bytes);

// The content of a gzip member; nothing if it is none or larger than 16 MiB.
bool gunzip(std::string_view bytes, std::string& content);

}  // namespace squall::guest
