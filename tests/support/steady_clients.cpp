// SPDX-License-Identifier: MIT
#include "support/steady_clients.h"

#include "support/client.h"

#include <algorithm>

namespace reverxy::test {

namespace {
constexpr std::chrono::milliseconds rest{5};
constexpr size_t errorsKept = 5;
} // namespace

SteadyClients::SteadyClients(uint16_t port, unsigned clients, std::string expectedBody)
    : m_port(port), m_expected(std::move(expectedBody)) {
    for (unsigned i = 0; i < clients; ++i)
        m_threads.emplace_back([this] { run(); });
}

SteadyClients::~SteadyClients() {
    m_over = true;
    for (std::thread& thread : m_threads)
        thread.join();
}

void SteadyClients::run() {
    Client client(m_port);
    while (!m_over) {
        const auto begun = std::chrono::steady_clock::now();
        const Response response = client.get("/steady");
        const auto waited =
            std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun);
        const bool good = response.status == 200 && response.complete && response.body == m_expected;
        {
            std::lock_guard lock(m_mutex);
            m_waits.push_back(waited);
            if (!good && m_errors.size() < errorsKept)
                m_errors.push_back(std::to_string(response.status) + " " + response.problem + response.body);
        }
        if (!good)
            client = Client(m_port);
        std::this_thread::sleep_for(rest);
    }
}

void SteadyClients::restart() {
    std::lock_guard lock(m_mutex);
    m_waits.clear();
    m_errors.clear();
}

SteadyClients::Result SteadyClients::result() const {
    std::lock_guard lock(m_mutex);
    std::vector<std::chrono::microseconds> sorted = m_waits;
    std::sort(sorted.begin(), sorted.end());
    Result result;
    result.answered = sorted.size();
    result.errors = m_errors;
    if (!sorted.empty()) {
        result.p50 = sorted[sorted.size() / 2];
        result.p99 = sorted[sorted.size() * 99 / 100];
    }
    return result;
}

} // namespace reverxy::test
