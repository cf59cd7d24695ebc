#include "emulator/wire/codec.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "emulator/wire/json_codec.hpp"
#include "emulator/wire/query_codec.hpp"

namespace squall::wire {

const Codec& codec(Protocol protocol) {
  // Without state: one of each serves everybody.
  static const JsonCodec json;
  static const QueryCodec query;
  static const Ec2Codec ec2;
  switch (protocol) {
    case Protocol::json:
      return json;
    case Protocol::query:
      return query;
    case Protocol::ec2:
      return ec2;
    case Protocol::rest_json:
    case Protocol::rest_xml:
      break;
  }
  throw std::logic_error("no codec for the REST protocols");
}

}  // namespace squall::wire
