// SPDX-License-Identifier: MIT
#include "http/method.h"

namespace reverxy::http {

Method methodFromToken(std::string_view token) {
    switch (token.size()) {
    case 3:
        return token == "GET" ? Method::Get : token == "PUT" ? Method::Put : Method::Other;
    case 4:
        return token == "POST" ? Method::Post : token == "HEAD" ? Method::Head : Method::Other;
    case 5:
        return token == "PATCH" ? Method::Patch : token == "TRACE" ? Method::Trace : Method::Other;
    case 6:
        return token == "DELETE" ? Method::Delete : Method::Other;
    case 7:
        return token == "OPTIONS" ? Method::Options : token == "CONNECT" ? Method::Connect : Method::Other;
    default:
        return Method::Other;
    }
}

bool isSafe(Method method) {
    return method == Method::Get || method == Method::Head || method == Method::Options || method == Method::Trace;
}

bool isIdempotent(Method method) {
    return isSafe(method) || method == Method::Put || method == Method::Delete;
}

} // namespace reverxy::http
