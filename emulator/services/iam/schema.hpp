// The tables of IAM and of STS's sessions, and the AWS managed policies that stand in them from the start.
#pragma once
#include "emulator/store/database.hpp"

namespace squall::services::iam {

void make_tables(store::Database& database);

// Makes the tables, and on a new database the managed policies of account "aws".
void prepare(store::Database& database, Time now);

}  // namespace squall::services::iam
