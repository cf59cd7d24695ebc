// See user_data.hpp. MIME follows RFC 2045 and 2046 as far as Terraform's cloudinit_config and cloud-utils
// write it.
#include "harness/guest/user_data.hpp"

#include <zlib.h>

#include <algorithm>
#include <cstdio>

#include "emulator/base/encoding.hpp"

namespace squall::guest {
namespace {

constexpr std::size_t largest_content_bytes = 16 << 20;
constexpr int deepest_nesting = 8;

struct Mime {
  std::string type = "text/plain", boundary, encoding, file_name, merge_type;
  std::string body;
};

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

std::string trim(std::string text) {
  std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

// The parameter of a header value: boundary="==X==".
std::string parameter(const std::string& value, const std::string& name) {
  std::size_t at = lower(value).find(name + "=");
  if (at == std::string::npos) return "";
  at += name.size() + 1;
  if (at < value.size() && value[at] == '"') return value.substr(at + 1, value.find('"', at + 1) - at - 1);
  return value.substr(at, value.find_first_of("; \t\r\n", at) - at);
}

void take_header(const std::string& name, const std::string& value, Mime& mime) {
  if (name == "content-type") {
    mime.type = trim(lower(value.substr(0, value.find(';'))));
    mime.boundary = parameter(value, "boundary");
  }
  if (name == "content-transfer-encoding") mime.encoding = trim(lower(value));
  if (name == "merge-type" || name == "x-merge-type") mime.merge_type = value;
  if (name == "content-disposition") mime.file_name = parameter(value, "filename");
}

// As Python's email package tells: a name of printable characters, then a colon.
bool is_header(const std::string& line) {
  std::size_t colon = line.find(':');
  return colon != std::string::npos && colon > 0 &&
         std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(colon),
                     [](char c) { return c > ' ' && c < '\x7f'; });
}

// Header lines, folded ones joined, up to the first empty line or the first line that is no header.
Mime read_mime(std::string_view text) {
  Mime mime;
  std::string name, value;
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t end = std::min(text.find('\n', at), text.size());
    std::string line(text.substr(at, end - at));
    if (!line.empty() && line.back() == '\r') line.pop_back();
    bool folded = !name.empty() && !line.empty() && (line[0] == ' ' || line[0] == '\t');
    if (!line.empty() && !folded && !is_header(line)) break;
    at = std::min(end + 1, text.size());
    if (line.empty()) break;
    if (folded) {
      value += line;
      continue;
    }
    if (!name.empty()) take_header(name, value, mime);
    std::size_t colon = line.find(':');
    name = lower(line.substr(0, colon));
    value = colon == std::string::npos ? "" : trim(line.substr(colon + 1));
  }
  if (!name.empty()) take_header(name, value, mime);
  mime.body = std::string(text.substr(at));
  return mime;
}

std::vector<std::string> split_parts(const std::string& body, const std::string& boundary) {
  std::vector<std::string> parts;
  std::string mark = "--" + boundary;
  if (boundary.empty()) return parts;
  std::size_t begin = body.find(mark);
  while (begin != std::string::npos) {
    std::size_t line_end = body.find('\n', begin);
    bool last = body.compare(begin + mark.size(), 2, "--") == 0;
    if (line_end == std::string::npos || last) break;
    std::size_t next = body.find("\n" + mark, line_end);
    // The line's end before a boundary is the boundary's (RFC 2046 5.1.1), be it LF or CRLF.
    std::size_t content_end = next == std::string::npos ? body.size() : next;
    if (next != std::string::npos && body[content_end - 1] == '\r') --content_end;
    parts.push_back(body.substr(line_end + 1, content_end > line_end ? content_end - line_end - 1 : 0));
    begin = next == std::string::npos ? next : next + 1;
  }
  return parts;
}

std::string decode_quoted_printable(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      result += text[i];
    } else if (text.compare(i, 2, "=\n") == 0) {
      i += 1;
    } else if (text.compare(i, 3, "=\r\n") == 0) {
      i += 2;
    } else if (auto byte = base::hex_decode(lower(text.substr(i + 1, 2))); byte && byte->size() == 1) {
      result += *byte;
      i += 2;
    } else {
      result += '=';
    }
  }
  return result;
}

std::string decode(const Mime& mime) {
  if (mime.encoding == "quoted-printable") return decode_quoted_printable(mime.body);
  if (mime.encoding != "base64") return mime.body;
  std::string text = mime.body;
  std::erase_if(text, [](char c) { return c == '\n' || c == '\r' || c == ' '; });
  return base::base64_decode(text).value_or("");
}

// "## template: jinja" as the first line, which is no part of the text then.
bool take_template_header(std::string& body) {
  const std::size_t end = body.find('\n');
  std::string line = trim(lower(body.substr(0, end)));
  if (end == std::string::npos || !line.starts_with("##")) return false;
  line = trim(line.substr(2));
  if (!line.starts_with("template:") || trim(line.substr(9)) != "jinja") return false;
  body.erase(0, end + 1);
  return true;
}

void add_parts(const Mime& mime, int depth, std::vector<UserDataPart>& parts) {
  if (depth > deepest_nesting) return;
  if (mime.type.starts_with("multipart/")) {
    for (const std::string& part : split_parts(mime.body, mime.boundary))
      add_parts(read_mime(part), depth + 1, parts);
    return;
  }
  UserDataPart part;
  part.body = decode(mime);
  std::string unpacked;
  if (gunzip(part.body, unpacked)) part.body = std::move(unpacked);
  part.type = mime.type;
  part.merge_type = mime.merge_type;
  const bool jinja = take_template_header(part.body);
  part.kind = jinja ? PartKind::jinja : kind_of_part(mime.type, part.body);
  part.numbered = mime.file_name.empty();
  part.name = part.numbered ? part_name(parts.size() + 1)
                            : mime.file_name.substr(mime.file_name.find_last_of('/') + 1);
  parts.push_back(std::move(part));
}

bool looks_like_mime(const std::string& text) {
  std::string head = lower(std::string_view(text).substr(0, 4096));
  return head.starts_with("content-type:") || head.find("mime-version:") != std::string::npos ||
         head.starts_with("from nobody");
}

}  // namespace

std::string unserved_handler(const std::string& type, const std::string& body) {
  for (const char* name : {"cloud-config-archive", "cloud-config-jsonp", "part-handler", "upstart-job"})
    if (body.starts_with("#" + std::string(name)) || type == "text/" + std::string(name)) return name;
  return "";
}

PartKind kind_of_part(const std::string& type, const std::string& body) {
  if (body.starts_with("#!")) return PartKind::script;
  if (!unserved_handler(type, body).empty()) return PartKind::not_served;
  if (body.starts_with("#cloud-config")) return PartKind::cloud_config;
  if (body.starts_with("#cloud-boothook")) return PartKind::boothook;
  if (body.starts_with("#include") || type == "text/x-include-url" || type == "text/x-include-once-url")
    return PartKind::include;
  if (type == "text/x-shellscript" || type == "text/x-shellscript-per-boot" ||
      type == "text/x-shellscript-per-once")
    return PartKind::script;
  if (type == "text/cloud-config") return PartKind::cloud_config;
  if (type == "text/cloud-boothook") return PartKind::boothook;
  return PartKind::not_served;
}

std::string part_name(std::size_t number) {
  char text[24];
  std::snprintf(text, sizeof text, "part-%03zu", number);
  return text;
}

bool gunzip(std::string_view bytes, std::string& content) {
  if (bytes.size() < 18 || bytes[0] != '\x1f' || bytes[1] != '\x8b') return false;
  z_stream stream{};
  if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) return false;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  content.clear();
  int status = Z_OK;
  while (status == Z_OK && content.size() <= largest_content_bytes) {
    char buffer[16384];
    stream.next_out = reinterpret_cast<Bytef*>(buffer);
    stream.avail_out = sizeof buffer;
    status = inflate(&stream, Z_NO_FLUSH);
    content.append(buffer, sizeof buffer - stream.avail_out);
  }
  inflateEnd(&stream);
  return status == Z_STREAM_END && content.size() <= largest_content_bytes;
}

std::vector<UserDataPart> parse_user_data(std::string_view bytes) {
  std::string text(bytes), unpacked;
  std::vector<UserDataPart> parts;
  if (gunzip(text, unpacked)) text = std::move(unpacked);
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) return parts;
  if (looks_like_mime(text)) {
    // mbox's first line, as Python's email package may write it.
    if (text.starts_with("From nobody")) text.erase(0, std::min(text.find('\n'), text.size() - 1) + 1);
    add_parts(read_mime(text), 0, parts);
  } else {
    Mime plain;
    plain.body = std::move(text);
    add_parts(plain, 0, parts);
  }
  return parts;
}

}  // namespace squall::guest
