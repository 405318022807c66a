@echo off
rem Removes ttsd's services and programs. What was configured and what waits to
rem be said stays, unless it is called with /purge. With /q it does not wait for
rem a key at the end.
setlocal
set "to=%ProgramFiles%\ttsd"
set "data=%ProgramData%\ttsd"
rem Where a service keeps what is to outlive it, unless state_dir is set.
set "state=%SystemRoot%\ServiceProfiles\LocalService\AppData\Local\ttsd"
set quiet=
set purge=
set failed=
set code=1

:option
if "%~1"=="" goto options
if /i "%~1"=="/q" set quiet=1
if /i "%~1"=="/purge" set purge=1
if /i not "%~1"=="/q" if /i not "%~1"=="/purge" goto usage
shift
goto option
:options

for %%s in (ttsd-gateway streamer-supervisor ttsd) do call :remove_service "%to%\bin\%%s.exe"
if defined failed goto failed

rem A folder in which somebody is stays. What ran ends a moment after it has
rem stopped.
cd /d "%SystemRoot%"
set tries=0
:remove
for %%d in (bin libexec licences docs) do if exist "%to%\%%d" rmdir /s /q "%to%\%%d" 2>nul
if not exist "%to%\bin" if not exist "%to%\libexec" goto removed
set /a tries+=1
if %tries% geq 10 goto in_use
ping -n 2 127.0.0.1 >nul
goto remove
:removed

if not defined purge goto kept
for %%d in ("%data%" "%state%") do if exist %%d rmdir /s /q %%d
if exist "%data%" goto failed
if exist "%state%" goto failed
echo ttsd is removed, with all that it kept.
goto done
:kept
echo ttsd is removed. %data% stays, and what is waiting to be said;
echo uninstall.cmd /purge removes that too.
:done
set code=0
goto end

:usage
echo usage: uninstall.cmd [/purge] [/q]>&2
set code=64
goto end

:in_use
echo %to% cannot be removed: does a program of it still run?>&2
goto end

:failed
echo ttsd is not removed whole, see above. Administrators may do this.>&2

:end
if not defined quiet pause
rem This file is the last to go, after it has been read.
if %code%==0 start "" /b cmd /c rmdir /s /q "%to%" 2^>nul & exit /b 0
exit /b %code%

:remove_service
if not exist %1 goto :eof
%1 service uninstall
if not %errorlevel%==0 set failed=1
