// The services' tables without a row in them, made once, when Squall is built
// (emulator/codegen/empty_tables.cpp): for SQLite to make them took most of the time until the first answer.
#pragma once
#include "emulator/store/database.hpp"

namespace squall::gateway {

// What is missing in it, a service makes by itself, as in a file.
store::Image empty_tables();

}  // namespace squall::gateway
