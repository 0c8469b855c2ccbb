// SPDX-License-Identifier: MIT
#pragma once

#include <QTreeView>

#include <vector>

namespace reverxy::ui {

/// The window's lists: rows of one height, whole rows selected, columns that the user moves, sizes and hides (by
/// the header's context menu), one of which takes what room is left.
class ListView : public QTreeView {
    Q_OBJECT
  public:
    explicit ListView(QWidget* parent = nullptr);

    /// A text as wide as any usual one in the column; its width follows. `stretched` takes the rest, but is never
    /// narrower than is needed to read it.
    void setColumns(const std::vector<QString>& widest, int stretched);
    /// Before the stretched column is narrower than its own widest text, `column` narrows, down to what `least`
    /// needs. Call it after setColumns().
    void setYielding(int column, const QString& least);

    QByteArray columnState();
    /// Ignores what was stored by a version with other columns.
    void restoreColumns(const QByteArray& state);

  protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void showColumnMenu(const QPoint& position);
    int cellWidth(const QString& text) const;
    void resized(int section, int width);
    void fitStretched();
    void resizeColumn(int column, int width);

    int m_stretched = -1;
    int m_leastStretched = 0;
    int m_wantedStretched = 0;
    int m_yielding = -1;
    int m_leastYielding = 0;
    int m_usualYielding = 0; // where there is room
    bool m_fitting = false;
};

} // namespace reverxy::ui
