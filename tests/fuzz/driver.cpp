// Runs a fuzz target without libFuzzer: every file of its corpus, then seeded mutations of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "emulator/base/random.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size);

namespace squall {
namespace {

constexpr int mutation_count = 4000;
constexpr std::size_t max_size = 1 << 16;

std::vector<std::string> corpus() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry :
       std::filesystem::directory_iterator(SQUALL_SOURCE_DIR "/tests/fuzz/corpus/" FUZZ_NAME))
    paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> out{""};
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    out.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return out;
}

void mutate(std::string& text, const std::vector<std::string>& seeds, base::Random& random) {
  std::size_t at = random.below(text.size() + 1);
  std::size_t length = std::min<std::size_t>(text.size() - at, random.below(16));
  switch (random.below(6)) {
    case 0:
      text.insert(at, 1, static_cast<char>(random.below(256)));
      break;
    case 1:
      text.erase(at, length);
      break;
    case 2:
      text.insert(at, text.substr(at, length));
      break;
    case 3:
      if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << random.below(8)));
      break;
    case 4: {
      const std::string& other = seeds[random.below(seeds.size())];
      std::size_t from = random.below(other.size() + 1);
      text.insert(at, other.substr(from, random.below(64)));
      break;
    }
    default:
      text.replace(at, length, random.bytes(length));
  }
  if (text.size() > max_size) text.resize(max_size);
}

void run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const unsigned char*>(input.data()), input.size());
}

TEST(Fuzz, CorpusAndMutations) {
  std::vector<std::string> seeds = corpus();
  ASSERT_GT(seeds.size(), 1U) << "no corpus";
  for (const std::string& seed : seeds) run(seed);
  base::Random random(1 + static_cast<std::uint64_t>(GTEST_FLAG_GET(random_seed)));
  for (int i = 0; i < mutation_count; ++i) {
    std::string input = seeds[random.below(seeds.size())];
    for (std::uint64_t n = 1 + random.below(8); n > 0; --n) mutate(input, seeds, random);
    run(input);
  }
}

}  // namespace
}  // namespace squall
