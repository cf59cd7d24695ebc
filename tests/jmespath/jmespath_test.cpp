// The compliance cases, the texts of errors, and what the cases do not reach.
#include "harness/jmespath/jmespath.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "harness/jmespath/python_text.hpp"
#include "tests/replay/replay.hpp"

namespace squall::jmespath {
namespace {

TEST(Compliance, EveryCaseButTwoThatTheSpecificationDecides) {
  std::ostringstream differences;
  auto cases = replay::read_cases(SQUALL_SOURCE_DIR "/tests/jmespath/data/cases.json");
  replay::Tally tally = replay::replay_jmespath(cases, differences);
  EXPECT_EQ(tally.total, 713U);
  EXPECT_EQ(tally.agreed, 711U) << differences.str();
  EXPECT_EQ(differences.str(),
            "@: recorded {\"error\":\"syntax\"}, found {\"result\":{\"type\":\"object\"}}\n"
            "@.foo: recorded {\"error\":\"syntax\"}, found {\"result\":null}\n");
}

std::string error_of(const std::string& expression, const Json& value = Json::object()) {
  try {
    search(parse(expression), value);
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}

TEST(Errors, HaveTheTextsOfJmespathPy) {
  EXPECT_EQ(error_of(""), "Invalid JMESPath expression: cannot be empty.");
  EXPECT_EQ(error_of("foo["), "Invalid jmespath expression: Incomplete expression:\n\"foo[\"\n     ^");
  EXPECT_EQ(error_of("foo]"),
            "Unexpected token: ]: Parse error at column 3, token \"]\" (RBRACKET), for expression:\n"
            "\"foo]\"\n    ^");
  EXPECT_EQ(error_of("a = b"), "Bad jmespath expression: Unknown token '=':\na = b\n  ^");
  EXPECT_EQ(error_of("'a"), "Bad jmespath expression: Unclosed ' delimiter:\n'a\n^");
  EXPECT_EQ(error_of("nope(@)"), "Unknown function: nope()");
  EXPECT_EQ(error_of("length(@, @)"), "Expected 1 argument for function length(), received 2");
  EXPECT_EQ(error_of("abs('x')"),
            "In function abs(), invalid type for value: x, expected one of: ['number'], received: "
            "\"string\"");
  EXPECT_EQ(error_of("`1` < 'a'"), "'<' not supported between instances of 'int' and 'str'");
}

TEST(Parser, RefusesWhatNestsTooDeeply) {
  EXPECT_EQ(error_of(std::string(1000, '(') + "a"), "Invalid JMESPath expression: nests too deeply.");
  EXPECT_EQ(error_of("`" + std::string(1000, '[') + "`").substr(0, 52),
            "Bad jmespath expression: Literal nests too deeply:\n`");
  std::string indices = "a";
  for (int i = 0; i < 1000; ++i) indices += "[*]";
  EXPECT_EQ(error_of(indices), "Invalid JMESPath expression: nests too deeply.");
}

TEST(Search, KeepsTheOrderOfMembers) {
  const Json value = Json::parse(R"({"z": 1, "a": {"y": 2, "b": 3}})");
  EXPECT_EQ(search(parse("keys(@)"), value).dump(), R"(["z","a"])");
  EXPECT_EQ(search(parse("{q: z, c: a}"), value).dump(), R"({"q":1,"c":{"y":2,"b":3}})");
}

TEST(PythonText, LooksAsPythonPrintsIt) {
  EXPECT_EQ(python_repr(Json::parse(R"(["a'b", 1, 1.0, 1e16, true, null, {"k": "ü"}])")),
            "[\"a'b\", 1, 1.0, 1e+16, True, None, {'k': 'ü'}]");
  EXPECT_EQ(compact_json(Json::parse(R"({"a": ["ü", 0.5]})")), "{\"a\":[\"\\u00fc\",0.5]}");
  EXPECT_TRUE(python_equal(Json(1), Json(true)));
  EXPECT_FALSE(search(parse("`1` == `true`"), nullptr).get<bool>());
}

}  // namespace
}  // namespace squall::jmespath
