// SPDX-License-Identifier: MIT
#include "http/head.h"

namespace reverxy::http {

// Member by member, because assigning a fresh head would throw the field list's memory away.
void RequestHead::clear() {
    method = Method::Other;
    methodToken = {};
    target = {};
    form = TargetForm::Origin;
    version = Version::Http11;
    fields.clear();
    authority = {};
    pathAndQuery = {};
    scheme = {};
    framing = {};
    connection = {};
    keepAlive = false;
    expectContinue = false;
    upgrade = false;
    hasVia = false;
}

void ResponseHead::clear() {
    version = Version::Http11;
    status = 0;
    reason = {};
    fields.clear();
    framing = {};
    connection = {};
    keepAlive = false;
    hasUpgrade = false;
}

} // namespace reverxy::http
