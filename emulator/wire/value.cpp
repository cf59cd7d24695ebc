// The schema and value headers, compiled once by themselves.
#include "emulator/wire/value.hpp"

#include "emulator/wire/context.hpp"
#include "emulator/wire/schema.hpp"
