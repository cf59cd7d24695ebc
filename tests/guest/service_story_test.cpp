// Which of a journal's lines a run's story tells.
#include "harness/guest/machine/service_story.hpp"

#include <gmock/gmock.h>

#include "tests/guest/machine_world.hpp"

namespace squall::guest {
namespace {

using journal::Entry;
using journal::Priority;

Entry of_manager(Priority priority, std::string message, Time time = {}) {
  return {.time = time, .priority = priority, .message = std::move(message), .about = "v.service"};
}

Entry of_service(std::string message, Time time = {}) {
  return {.time = time,
          .identifier = "v",
          .message = std::move(message),
          .unit = "v.service",
          .transport = "stdout"};
}

TEST(ServiceStory, AFailureComesWithTheServicesLastWords) {
  ServiceStory story;
  EXPECT_EQ(story.tell(of_manager(Priority::info, "Started v.service - V.")), "v.service: started");
  EXPECT_EQ(story.tell(of_service("an hour ago", Time{} - 1h)), std::nullopt);
  EXPECT_EQ(story.tell(of_service("error:")), std::nullopt);
  EXPECT_EQ(story.tell(of_service("no such key")), std::nullopt);
  EXPECT_EQ(story.tell(of_service("  ")), std::nullopt);
  EXPECT_EQ(
      story.tell(
          of_manager(Priority::notice, "v.service: Main process exited, code=exited, status=1/FAILURE")),
      "v.service: Main process exited, code=exited, status=1/FAILURE; its last words: error:\nno such key");
  EXPECT_EQ(
      story.tell(of_manager(Priority::notice, "v.service: Main process exited, code=killed, status=9/KILL")),
      "v.service: Main process exited, code=killed, status=9/KILL");
  EXPECT_EQ(story.tell(of_manager(Priority::warning, "v.service: Failed with result 'exit-code'.")),
            "v.service: Failed with result 'exit-code'.");
  EXPECT_EQ(story.tell(of_manager(Priority::err, "Failed to start v.service - V.")), std::nullopt);
  EXPECT_EQ(story.tell(of_manager(Priority::info, "Stopped v.service - V.")), std::nullopt);
}

TEST(ServiceStory, ACrashLoopIsToldThreeTimesAndAgainAfterQuiet) {
  ServiceStory story;
  auto restart = [&](int n, Time at) {
    return story.tell(
        of_manager(Priority::info,
                   "v.service: Scheduled restart job, restart counter is at " + std::to_string(n) + ".", at));
  };
  Time at{};
  EXPECT_EQ(restart(9, at), "v.service: Scheduled restart job, restart counter is at 9.");
  EXPECT_TRUE(restart(10, at += 5s));
  EXPECT_THAT(restart(11, at += 5s).value_or(""), testing::HasSubstr("at 11. (told no more until"));
  for (int n = 12; n < 400; ++n) EXPECT_EQ(restart(n, at += 9min), std::nullopt);
  EXPECT_TRUE(restart(400, at += 11min));
}

TEST(ServiceStory, AMachinesStoryTellsWhyAServiceIsDown) {
  MachineWorld world(
      "#!/bin/sh\nprintf '[Service]\\nExecStart=/bin/sh -c \"echo no such key; exit 3\"\\n' > "
      "/etc/systemd/system/v.service\nsystemctl start v\n");
  world.inside->power_on();
  world.wait(1min);
  std::string told;
  for (const TraceEntry& entry : world.trace)
    if (entry.kind == "unit") told += entry.text + "\n";
  EXPECT_EQ(
      told,
      "v.service: started\n"
      "v.service: Main process exited, code=exited, status=3/NOTIMPLEMENTED; its last words: no such key\n"
      "v.service: Failed with result 'exit-code'.\n");
}

}  // namespace
}  // namespace squall::guest
