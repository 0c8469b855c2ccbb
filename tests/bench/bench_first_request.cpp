// SPDX-License-Identifier: MIT
// How long it takes from starting the program, headless, to the end of the first response through it. Prints the
// least, the median and the most of some starts. Starts the program of its own build.
#include "support/reverxy_process.h"
#include "support/scripts.h"

#include <QCoreApplication>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include <csignal>

using namespace reverxy::test;

namespace {

/// Milliseconds; negative when there was no response.
double startOnce(const Origin& origin) {
    ReverxyProcess proxy;
    proxy.configure("", ReverxyProcess::poolOf({origin.port()}));
    const auto begun = std::chrono::steady_clock::now();
    proxy.launch(
        {QStringLiteral("--no-gui"), QStringLiteral("--config"), QString::fromStdString(proxy.configPath())});
    Response response;
    waitUntil([&] {
        Client client = proxy.connect();
        if (client.connected())
            response = client.get("/");
        return response.status != 0;
    });
    const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - begun;
    proxy.signal(SIGTERM);
    proxy.waitForEnd();
    return response.status == 200 ? taken.count() : -1;
}

} // namespace

int main(int argc, char** argv) {
    const QCoreApplication application(argc, argv);
    const int starts = argc > 1 ? std::max(1, std::atoi(argv[1])) : 20;
    Origin origin(answer("hello"));
    std::vector<double> taken;
    for (int i = 0; i < starts; ++i) {
        taken.push_back(startOnce(origin));
        if (taken.back() < 0) {
            std::fprintf(stderr, "a start was not followed by a response\n");
            return 1;
        }
    }
    std::sort(taken.begin(), taken.end());
    std::printf("start to first response, %d starts: least %.1f ms, median %.1f ms, most %.1f ms\n", starts,
                taken.front(), taken[taken.size() / 2], taken.back());
    return 0;
}
