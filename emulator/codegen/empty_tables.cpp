// Makes the source of gateway::empty_tables(): empty_tables OUTPUT.CPP
//
// Runs while Squall is built. Each service makes its tables as it would at a start; what SQLite then holds
// becomes a string literal.
#include <fstream>
#include <iostream>

#include "emulator/services/ec2/tables.hpp"
#include "emulator/services/iam/schema.hpp"
#include "emulator/services/kms/key_store.hpp"
#include "emulator/services/ssm/command_store.hpp"
#include "emulator/services/ssm/document_store.hpp"
#include "emulator/store/database.hpp"

namespace {

using namespace squall;

std::string image_of_all_tables() {
  store::Database database;
  services::iam::make_tables(database);
  services::kms::KeyStore keys(database);
  services::ec2::Tables tables(database);
  services::ssm::DocumentStore documents(database);
  services::ssm::CommandStore commands(database);
  return database.image();
}

// Three octal digits for every byte: no escape can run into what follows it.
std::string literal(std::string_view bytes) {
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    if (at % 32 == 0) text += at == 0 ? "\"" : "\"\n\"";
    const auto byte = static_cast<unsigned char>(bytes[at]);
    text += '\\';
    for (int shift : {6, 3, 0}) text += static_cast<char>('0' + (byte >> shift & 7));
  }
  return text + '"';
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: empty_tables OUTPUT.CPP\n";
    return 64;
  }
  const std::string image = image_of_all_tables();
  std::ofstream out(argv[1]);
  out << "#include \"emulator/gateway/empty_tables.hpp\"\n\nnamespace squall::gateway {\n\n"
         "store::Image empty_tables() {\n  static constexpr char bytes[] =\n"
      << literal(image) << ";\n  return {{bytes, sizeof bytes - 1}};\n}\n\n}  // namespace squall::gateway\n";
  return out.flush() ? 0 : 74;
}
