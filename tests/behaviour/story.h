// SPDX-License-Identifier: MIT
#pragma once

// What every story needs: scripted origins, clients, the running engine, and printing of what is compared.

#include "support/client.h"
#include "support/engine_fixture.h"
#include "support/gate.h"
#include "support/pattern.h"
#include "support/scripts.h"

#include <QTest>

#include <atomic>
#include <future>
#include <string>

template <>
inline char* QTest::toString(const std::string& text) {
    return QTest::toPrettyCString(text.data(), static_cast<qsizetype>(text.size()));
}

namespace reverxy::test {

using namespace std::chrono_literals;
using namespace std::string_literals;

/// A literal that may hold NUL.
template <size_t N>
QByteArray literal(const char (&text)[N]) {
    return QByteArray(text, N - 1);
}

/// The proxy sent the origin nothing that is against the rules.
#define VERIFY_NO_VIOLATIONS(origin)                                                                               \
    do {                                                                                                           \
        const std::vector<std::string> found = (origin).violations();                                              \
        QVERIFY2(found.empty(), found.empty() ? "" : found.front().c_str());                                       \
    } while (false)

/// A response is there, whole and with this status; prints what was wrong otherwise.
#define COMPARE_STATUS(response, expected)                                                                         \
    do {                                                                                                           \
        const Response& checked = (response);                                                                      \
        QVERIFY2(checked.status != 0, checked.problem.c_str());                                                    \
        QCOMPARE(checked.status, expected);                                                                        \
        QVERIFY2(checked.complete, checked.problem.c_str());                                                       \
    } while (false)

} // namespace reverxy::test
