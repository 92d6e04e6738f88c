// What happened, for the tests.
#pragma once

#include <string>

namespace mien {

std::string report_text();  // JSON; `Emulator.report` tells what is in it

}  // namespace mien
