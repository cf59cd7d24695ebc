# planted(<name> <file> <text> <instead>...): Squall with one mistake in it, for the tests alone. A copy of <file> in
# which each <text> says <instead> is built and linked, before the libraries, into a program of its own, planted_<name>; what it
# defines comes before the same functions in the library. A text that is no longer there stops the configuration.
# What catches each: planted_test.cpp.
set(planted_root ${CMAKE_CURRENT_BINARY_DIR}/planted)

function(planted name file)
  set(source ${PROJECT_SOURCE_DIR}/${file})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
  file(READ ${source} wrong)
  math(EXPR last "${ARGC} - 1")
  foreach(at RANGE 2 ${last} 2)
    math(EXPR next "${at} + 1")
    set(right "${wrong}")
    string(REPLACE "${ARGV${at}}" "${ARGV${next}}" wrong "${right}")
    if(wrong STREQUAL right)
      message(FATAL_ERROR "planted bug ${name}: ${file} does not contain: ${ARGV${at}}")
    endif()
  endforeach()
  set(built ${planted_root}/${name}/${file})
  file(CONFIGURE OUTPUT ${built} CONTENT "${wrong}" @ONLY)
  add_executable(planted_${name} ${built} $<TARGET_OBJECTS:squall>)
  get_target_property(libraries squall LINK_LIBRARIES)
  target_link_libraries(planted_${name} PRIVATE ${libraries})
  target_include_directories(planted_${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_options(planted_${name} PRIVATE -Wl,--strip-debug)
  set_property(GLOBAL APPEND PROPERTY SQUALL_PLANTED planted_${name})
endfunction()

# The seal keeps the data key as it is beside what it encrypts, and never asks.
planted(unseals_without_kms harness/vault/seal/awskms.cpp
[[  const nlohmann::json request = {{"KeyId", key_id_}, {"Plaintext", base::base64_encode(data_key)}};
  const Result result = co_await call("Encrypt", request.dump());
]] [[  Result result;
  result.body = nlohmann::json{{"CiphertextBlob", base::base64_encode(data_key)}, {"KeyId", key_id_}}.dump();
]]
[[  const nlohmann::json request = {{"CiphertextBlob", base::base64_encode(blob.wrapped_key)}};
  const Result result = co_await call("Decrypt", request.dump());
]] [[  Result result;
  result.body = nlohmann::json{{"Plaintext", base::base64_encode(blob.wrapped_key)}}.dump();
]])

# KMS does not look at the key's state.
planted(disabled_key_usable emulator/services/kms/cryptography.cpp
        "if (key.state == KeyState::disabled) throw disabled(key);" "")

# A sealed node answers as a standby does.
planted(wrong_health_code harness/vault/http/system_paths.cpp "sealed_code.value_or(503)" "sealed_code.value_or(429)")

# A write is answered before it is on the disk.
planted(write_lost_on_crash harness/vault/storage/file.cpp
[[    disk_.sync(temporary);
    disk_.rename(temporary, at.file);
    disk_.sync(at.file);
]] [[    disk_.rename(temporary, at.file);
]])

# The node's log tells the time of the machine that Squall runs on.
planted(clock_outside_the_world harness/vault/log/logger.cpp "base::iso8601(shared_->scheduler.now(), 3)"
        "base::iso8601(Time{std::chrono::system_clock::now().time_since_epoch()}, 3)")
