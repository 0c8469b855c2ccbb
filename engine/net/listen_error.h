// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

namespace reverxy::net {

/// Why a listener could not be opened, as sentences for people: what failed, who holds the port where the system tells, and the remedy.
struct ListenError {
    QString message;
};

} // namespace reverxy::net
