// SPDX-License-Identifier: MIT
#pragma once

#include "http/head.h"

namespace reverxy::http {

/// Finds the form of head.target (RFC 9112 section 3.2), whose bytes have been checked already, and fills form,
/// scheme, authority (absolute and authority form only) and pathAndQuery. False when it is malformed or the form is
/// not one that head.method may have.
bool takeTargetApart(RequestHead& head);

} // namespace reverxy::http
