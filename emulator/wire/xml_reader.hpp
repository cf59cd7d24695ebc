// Reads an XML answer into the tree of a shape: the client direction of query and ec2.
#pragma once
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "emulator/wire/schema.hpp"

namespace squall::wire {

class XmlDocument {
 public:
  // Throws std::runtime_error for a text that is no XML document.
  explicit XmlDocument(std::string_view text);
  ~XmlDocument();
  XmlDocument(XmlDocument&&) noexcept;

  // The members of `shape` below the root, or below its child `wrapper` unless that is empty. Throws
  // std::runtime_error for a text that its member's type cannot hold.
  nlohmann::json read(const Shape& shape, std::string_view wrapper) const;
  // The text of the first element that the path of names leads to from the root ("Error", "Code"); empty if
  // none.
  std::string text(std::initializer_list<const char*> path) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace squall::wire
