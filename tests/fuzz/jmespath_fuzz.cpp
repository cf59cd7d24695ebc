// An expression, searched in a small document: a value, or a jmespath::Error.
#include "harness/jmespath/jmespath.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static const auto document = squall::jmespath::Json::parse(
      R"({"Images": [{"ImageId": "a", "CreationDate": "2"}, {"ImageId": "b", "CreationDate": "1"}],
          "Reservations": [{"Instances": [{"State": {"Name": "running"}, "Tags": []}]}], "foo": [1, 2.5]})");
  try {
    const std::string text(data, data + size);
    squall::jmespath::search(squall::jmespath::parse(text), document).dump();
  } catch (const squall::jmespath::Error&) {
  }
  return 0;
}
