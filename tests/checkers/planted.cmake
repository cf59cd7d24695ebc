# planted(<name> <file> <text> <instead>): the checker with one mistake in it. A copy of <file> of harness/checkers in
# which <text> says <instead> is built into a replay_histories of its own; the test passes if that one disagrees with
# the recorded verdicts. A text that is no longer there stops the configuration.
add_library(squall_replay_main OBJECT replay_histories.cpp)
target_link_libraries(squall_replay_main PRIVATE squall_checkers)

function(planted name file text instead)
  set(source ${PROJECT_SOURCE_DIR}/harness/checkers/${file})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
  file(READ ${source} right)
  string(REPLACE "${text}" "${instead}" wrong "${right}")
  if(wrong STREQUAL right)
    message(FATAL_ERROR "planted bug ${name}: ${file} does not contain: ${text}")
  endif()
  set(root ${CMAKE_CURRENT_BINARY_DIR}/planted/${name})
  file(CONFIGURE OUTPUT ${root}/harness/checkers/${file} CONTENT "${wrong}" @ONLY)
  set(built ${root}/harness/checkers/${file})
  if(file MATCHES "\\.hpp$")
    set(built ${PROJECT_SOURCE_DIR}/harness/checkers/search.cpp)
  endif()
  # What is built here comes before the same functions in the library.
  add_executable(planted_${name} ${built} $<TARGET_OBJECTS:squall_replay_main>)
  target_include_directories(planted_${name} BEFORE PRIVATE ${root})
  target_link_libraries(planted_${name} PRIVATE squall_histories)
  add_test(NAME checkers.planted.${name}
           COMMAND planted_${name} ${CMAKE_CURRENT_SOURCE_DIR}/data/histories.txt.gz)
  set_tests_properties(checkers.planted.${name} PROPERTIES PASS_REGULAR_EXPRESSION "disagree [1-9]" TIMEOUT 120)
endfunction()

planted(real_time_ignored search.cpp "events.push_back({one.ended, true, i})" "events.push_back({Time::max(), true, i})")
planted(intervals_half_open search.cpp
        "std::tie(at, is_return, operation) < std::tie(other.at, other.is_return, other.operation)"
        "std::tie(at, other.is_return, operation) < std::tie(other.at, is_return, other.operation)")
planted(unanswered_has_ended search.cpp "if (one.outcome == Outcome::ok) events" "events")
planted(unanswered_never_happens search.cpp "if (one.outcome == Outcome::refused)" "if (one.outcome != Outcome::ok)")
planted(refused_happens search.cpp "if (one.outcome == Outcome::refused) continue" "")
planted(no_second_choice search.cpp "return line_.next(last.call)" "return no_way")
planted(state_not_restored search.cpp "state_ = last.before" "")
planted(everything_pure search.cpp "pure = model_.pure(operation)" "pure = true || model_.pure(operation)")
planted(inconclusive_passes search.cpp "finish(Verdict::inconclusive)" "finish(Verdict::linearizable)")
planted(memory_without_state memory.hpp "std::size_t first = 0, last" "state = 0; std::size_t first = 0, last")
planted(memory_without_operations memory.hpp "hash_ ^= mix(i);" "done_[i / 64] = 0;")
planted(keys_not_cut check.cpp "keys[one.key]" "keys[std::string()]")
planted(cas_without_compare models.cpp "matches = held == operation.expected" "matches = told || held == operation.expected")
planted(version_not_checked models.cpp "operation.result != (matches ? version + 1 : nothing)"
        "matches && operation.result == nothing")
planted(deletion_forgets_version models.cpp "keys_.number({version, nothing})" "keys_.number({0, nothing})")
planted(set_by_size models_of_sets.cpp "operation.elements != elements" "operation.elements.size() != elements.size()")
planted(lease_ignored models_of_locks.cpp "lock.surely_until <= end" "lock.surely_until <= forever")
planted(lease_from_the_answer models_of_locks.cpp "later(operation.started, lease), told" "later(end, lease), told")
planted(anyone_may_release models_of_locks.cpp "return ours ? std::optional(locks_.number(free)) : std::nullopt"
        "return locks_.number(free)")
