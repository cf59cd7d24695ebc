// Names of the model as the command line spells them.
#pragma once
#include <string>
#include <string_view>

namespace squall::guest::aws {

// botocore's xform_name: "DBInstanceIds" with '-' becomes "db-instance-ids".
std::string kebab_case(std::string_view name);

}  // namespace squall::guest::aws
